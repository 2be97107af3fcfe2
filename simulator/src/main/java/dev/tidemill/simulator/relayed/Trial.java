package dev.tidemill.simulator.relayed;

import dev.tidemill.simulator.Door;
import dev.tidemill.simulator.Simulator;
import dev.tidemill.simulator.relayed.Expected.ErrorEvent;
import dev.tidemill.simulator.relayed.Expected.Status;
import dev.tidemill.simulator.relayed.Expected.Whole;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One row played once, in one kind of answer.
 *
 * @param asked requests the provider was asked, -1 when they cannot be counted
 * @param open connections to the provider that were left open
 * @param complaints what was not as expected; none: all was
 */
public record Trial(FaultRow row, boolean stream, Seen seen, long asked, long open, List<String> complaints) {
    private static final Duration REST = Duration.ofSeconds(5);

    /** The model's name that makes a plain simulator behave as a row says. */
    public static String model(FaultRow row) {
        return "sim-text=" + FaultTable.TEXT + "+" + row.notation();
    }

    /** Plays a row against a relay that has this simulator, newly started, behind it. */
    public static Trial play(FaultRow row, boolean stream, Caller caller, Simulator simulator)
            throws IOException, InterruptedException {
        simulator.door(row.door());
        Seen seen = caller.ask(model(row), stream, row.padding());
        long asked = simulator.countsAtRest(REST).total().asked();
        List<String> complaints = new ArrayList<>();
        judge(row.expected(stream), seen, complaints);
        if (row.door() == Door.OPEN && asked != 1) {
            complaints.add("the provider was asked " + asked + " times (expected: once)");
        }
        String attempts = seen.headers().getOrDefault("x-tidemill-attempts", "none");
        if (!attempts.equals("1")) {
            complaints.add("x-tidemill-attempts: " + attempts + " (expected: 1)");
        }
        long open = openConnections(simulator, row.expected(stream).reused() ? 1 : 0);
        if (open != (row.expected(stream).reused() ? 1 : 0)) {
            complaints.add("connections to the provider left open: " + open + " (expected: "
                    + (row.expected(stream).reused() ? "1, to be used again)" : "none)"));
        }
        return new Trial(row, stream, seen, asked, open, List.copyOf(complaints));
    }

    /** Whether a cut answer was made to look complete, which must never be. */
    public boolean lies() {
        return lies(seen);
    }

    /** Whether an answer to a row looks complete and is not. */
    public static boolean lies(Seen seen) {
        return seen.looksComplete() && !seen.text().equals(FaultTable.TEXT);
    }

    private static void judge(Expected expected, Seen seen, List<String> complaints) {
        boolean good = switch (expected) {
            case Whole whole ->
                seen.looksComplete()
                        && seen.finish() == whole.finish()
                        && seen.text().equals(FaultTable.TEXT);
            case Status error ->
                seen.status() == error.status()
                        && seen.framed()
                        && error.code().equals(seen.error())
                        && seen.text().isEmpty();
            case ErrorEvent error ->
                seen.status() == 200
                        && seen.framed()
                        && seen.stream()
                        && seen.done() == error.done()
                        && error.code().equals(seen.error())
                        && !seen.text().isEmpty()
                        && (FaultTable.TEXT.startsWith(seen.text())
                                || seen.text().startsWith(FaultTable.TEXT));
        };
        if (!good) {
            complaints.add(
                    "seen: " + seen.words() + ", text '" + shortened(seen.text()) + "' (expected: " + expected + ")");
        }
    }

    private static String shortened(String text) {
        return text.length() <= 120 ? text : text.substring(0, 120) + "… (" + text.length() + " characters)";
    }

    private static long openConnections(Simulator simulator, long wanted) throws InterruptedException {
        long until = System.nanoTime() + REST.toNanos();
        long open = simulator.counts().connectionsOpen();
        while (open != wanted && System.nanoTime() < until) {
            Thread.sleep(2);
            open = simulator.counts().connectionsOpen();
        }
        return open;
    }
}
