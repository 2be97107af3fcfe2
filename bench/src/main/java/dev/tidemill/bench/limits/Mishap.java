package dev.tidemill.bench.limits;

import dev.tidemill.simulator.FaultKind;
import dev.tidemill.simulator.relayed.Api;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A way in which a provider breaks what it is asked, and a request that meets it.
 *
 * @param model in the simulator's notation; those that would take a minute or all memory by themselves are made small
 */
record Mishap(FaultKind kind, String model) {
    /** Enough for the request to be answered while it is still being sent. */
    private static final int LONG = 65 << 10;
    /** So many bodies there are for those that break only the first time. */
    private static final int BODIES = 4 << 10;

    static List<Mishap> all() {
        return Arrays.stream(FaultKind.values())
                .filter(FaultKind::breaks)
                .map(kind -> new Mishap(kind, "sim-" + notation(kind)))
                .toList();
    }

    private static String notation(FaultKind kind) {
        return switch (kind) {
            case REFUSE -> "refuse;for=3ms";
            case HUGE_EVENT -> "huge-event=256KiB";
            case GZIP_BOMB -> "gzip-bomb=1MiB";
            case INFINITE -> "infinite;for=20ms";
            case FLAKY -> "flaky=50%";
            case STALL_REASONING -> "reasoning=3+stall-reasoning";
            case STALL_TOOLS -> "tools=1+stall-tools";
            default -> kind.label();
        };
    }

    /** Whether an answer in one piece would be whole. */
    boolean ofStreams() {
        return switch (kind) {
            case STALL_FIRST,
                    STALL_AFTER,
                    STALL_REASONING,
                    STALL_TOOLS,
                    TRUNCATE_AFTER,
                    NO_DONE,
                    NO_FINISH,
                    CUT_AFTER,
                    ERROR_EVENT,
                    BAD_JSON,
                    HUGE_EVENT,
                    INFINITE,
                    AFTER_DONE -> true;
            default -> false;
        };
    }

    String body(boolean stream, SplittableRandom random) {
        int padding = kind == FaultKind.EARLY ? LONG : random.nextInt(BODIES);
        return Api.CHAT.body(model, stream, padding, kind == FaultKind.STALL_TOOLS);
    }
}
