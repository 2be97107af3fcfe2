package dev.tidemill.simulator.relayed;

import dev.tidemill.simulator.Simulator;
import dev.tidemill.simulator.relayed.Expected.ErrorEvent;
import dev.tidemill.simulator.relayed.Expected.Status;
import dev.tidemill.simulator.relayed.Expected.Whole;
import dev.tidemill.simulator.relayed.Setup.Retries;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * One row played once, in one API and kind of answer.
 *
 * @param attempts that the relay says it made, -1 when it does not say
 * @param counted failures in the breaker's window of the first target
 * @param open connections to the first target that were left open
 * @param complaints what was not as expected; none: all was
 */
public record Trial(
        FaultRow row,
        Api api,
        boolean stream,
        Seen seen,
        int attempts,
        int counted,
        long open,
        List<String> complaints) {
    private static final Duration REST = Duration.ofSeconds(5);
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * Plays a row against a relay that has this provider, newly started, behind its model {@code m}, and a second one
     * without a fault where the row has a use for it.
     *
     * @param counted tells the failures in the breaker's window of the first target
     */
    public static Trial play(FaultRow row, Api api, boolean stream, Caller caller, Upstream first, IntSupplier counted)
            throws IOException, InterruptedException {
        Cell cell = row.cell(api, stream);
        String body = api.body("m", stream, row.setup().padding(), row.setup().tool());
        Seen seen = caller.ask(api, api.path("m", stream), body);
        for (int i = 1; i < row.setup().asks(); i++) {
            seen = caller.ask(api, api.path("m", stream), body);
        }
        long asked = first.simulator().countsAtRest(REST).total().asked();
        List<String> complaints = new ArrayList<>();
        if (!fits(row, cell.seen(), api, seen)) {
            complaints.add("seen: " + seen.words() + ", last: " + seen.last() + ", text '" + shortened(seen.text())
                    + "' (expected: " + cell.seen() + ")");
        }
        int attempts = number(seen, "x-tidemill-attempts");
        if (attempts != cell.attempts()) {
            complaints.add("x-tidemill-attempts: " + attempts + " (expected: " + cell.attempts() + ")");
        }
        int pause = number(seen, "retry-after");
        if (pause != cell.retryAfter() && !(pause > 0 && pause == cell.retryAfter() - 1)) {
            complaints.add("retry-after: " + pause + " (expected: " + cell.retryAfter() + ")");
        }
        long due = asked(row, cell);
        if (due >= 0 && asked != due) {
            complaints.add("the provider was asked " + asked + " times (expected: " + due + ")");
        }
        int failures = settled(counted, cell.counted());
        if (failures != cell.counted()) {
            complaints.add("failures that count: " + failures + " (expected: " + cell.counted() + ")");
        }
        long open = openConnections(first.simulator(), cell.reused() ? 1 : 0);
        if (open != (cell.reused() ? 1 : 0)) {
            complaints.add("connections to the provider left open: " + open + " (expected: "
                    + (cell.reused() ? "1, to be used again)" : "none)"));
        }
        return new Trial(row, api, stream, seen, attempts, failures, open, List.copyOf(complaints));
    }

    /** How often the first provider is to be asked; -1: it cannot be told, since it closes before it reads. */
    private static long asked(FaultRow row, Cell cell) {
        if (!row.setup().way().leadsThere()) {
            return 0;
        }
        if (row.setup().retries() != Retries.NONE && row.streamed().matches("(refuse|accept-close)\\b.*")) {
            return -1;
        }
        boolean elsewhere = row.setup().retries() == Retries.OTHER && cell.attempts() > 1;
        return cell.attempts() * (long) row.setup().asks() - (elsewhere ? 1 : 0);
    }

    /** Whether a cut answer was made to look complete, which must never be. */
    public boolean lies() {
        return seen.looksComplete()
                && !(row.setup().tool() ? isObject(seen.text()) : seen.text().startsWith(FaultTable.TEXT));
    }

    /** In a few words, for a table. */
    public String words() {
        return seen.words() + "; " + (attempts == 1 ? "" : attempts + " attempts, ") + counted + " counted, "
                + (open == 0 ? "closed" : "kept");
    }

    /** The API and kind of answer, as a heading. */
    public String kind() {
        return api + (stream ? ", streamed" : ", in one piece");
    }

    private static boolean fits(FaultRow row, Expected expected, Api api, Seen seen) {
        return switch (expected) {
            case Whole whole ->
                seen.looksComplete()
                        && seen.finish() == whole.finish()
                        && (!seen.stream() || whole.more() || seen.last() == Seen.Last.TERMINAL)
                        && isText(row, whole, seen.text());
            case Status error ->
                seen.status() == error.status()
                        && seen.framed()
                        && !seen.stream()
                        && error.name().in(api).equals(seen.error())
                        && seen.text().isEmpty();
            case ErrorEvent error ->
                seen.status() == 200
                        && seen.framed()
                        && seen.stream()
                        && seen.terminal() == error.terminal()
                        && (error.terminal() || seen.last() == Seen.Last.ERROR)
                        && error.name().in(api).equals(seen.error())
                        && !seen.text().isEmpty()
                        && (FaultTable.TEXT.startsWith(seen.text())
                                || seen.text().startsWith(FaultTable.TEXT));
        };
    }

    private static boolean isText(FaultRow row, Whole whole, String text) {
        if (row.setup().tool()) {
            return isObject(text);
        }
        return whole.more() ? text.startsWith(FaultTable.TEXT) : text.equals(FaultTable.TEXT);
    }

    private static boolean isObject(String json) {
        try {
            return JSON.readTree(json).isObject();
        } catch (JacksonException broken) {
            return false;
        }
    }

    private static int number(Seen seen, String header) {
        String value = seen.headers().getOrDefault(header, "");
        return value.matches("\\d{1,9}") ? Integer.parseInt(value) : -1;
    }

    private static String shortened(String text) {
        return text.length() <= 120 ? text : text.substring(0, 120) + "… (" + text.length() + " characters)";
    }

    /** An attempt is settled just after the caller has its answer. */
    private static int settled(IntSupplier counted, int wanted) throws InterruptedException {
        long until = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        int now = counted.getAsInt();
        while (now != wanted && System.nanoTime() < until) {
            Thread.sleep(2);
            now = counted.getAsInt();
        }
        return now;
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
