package dev.tidemill.simulator.relayed;

import dev.tidemill.simulator.Counts;
import dev.tidemill.simulator.relayed.Expected.ErrorEvent;
import dev.tidemill.simulator.relayed.Expected.Status;
import dev.tidemill.simulator.relayed.Expected.Whole;
import dev.tidemill.simulator.relayed.Setup.Retries;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** One cell while it is played: what is asked, what is looked at, and what was not as expected. */
final class Play {
    private static final Duration LOOK = Duration.ofMillis(2);

    private final FaultRow row;
    private final Api api;
    private final boolean stream;
    private final Cell cell;
    private final Caller caller;
    private final Upstream first;
    private final Insight relay;
    private final Duration rest;
    private final List<String> complaints = new ArrayList<>();
    private volatile long mostHeld;

    /** @param rest how long what is looked at may take to be as expected */
    Play(FaultRow row, Api api, boolean stream, Caller caller, Upstream first, Insight relay, Duration rest) {
        this.row = row;
        this.api = api;
        this.stream = stream;
        this.cell = row.cell(api, stream);
        this.caller = caller;
        this.first = first;
        this.relay = relay;
        this.rest = rest;
    }

    Trial trial() throws IOException, InterruptedException {
        Seen seen = watched();
        expect("exchanges that run on", reached(relay::running, 0), 0);
        long kept = cell.reused() ? 1 : 0;
        long idle = reached(relay::idle, kept);
        Counts counts = first.simulator().countsAtRest(rest);
        int failures = relay.failures();
        int attempts = number(seen, "x-tidemill-attempts");
        long open = reached(() -> first.simulator().counts().connectionsOpen(), kept);
        if (!fits(seen)) {
            complaints.add("seen: " + seen.words() + ", last: " + seen.last() + ", unreadable: " + seen.unreadable()
                    + ", text '" + shortened(seen.text()) + "' (expected: " + cell.seen() + ")");
        }
        if (seen.body().contains(Upstream.KEY) || seen.headers().toString().contains(Upstream.KEY)) {
            complaints.add("the client was told the relay's key with the provider");
        }
        expect("x-tidemill-attempts", attempts, cell.attempts());
        int pause = number(seen, "retry-after");
        if (pause <= 0 || pause != cell.retryAfter() - 1) {
            expect("retry-after", pause, cell.retryAfter());
        }
        long due = asked();
        if (due >= 0) {
            expect("requests to the provider", counts.total().asked(), due);
        }
        expect("failures that count", failures, cell.counted());
        expect("dropped events", relay.droppedEvents(), cell.dropped());
        expect("connections to the provider left open", open, kept);
        expect("connections to the provider that wait for a request", idle, kept);
        expect("bytes still held", relay.memory(), 0);
        if (mostHeld > FaultTable.MOST_HELD) {
            complaints.add("bytes held: " + mostHeld + " (expected: <= " + FaultTable.MOST_HELD + ")");
        }
        if (isOneAnswer()) {
            expect("tokens on record", relay.statedTokens(), stated(counts.total()));
            compare(seen, first.says(api, stream, row.setup(), caller.patience()));
        }
        boolean reused = cell.reused() && !cell.parks() && row.setup().retries() != Retries.OTHER;
        if (reused) {
            askAgain();
        }
        return new Trial(row, api, stream, seen, attempts, failures, open, reused, mostHeld, List.copyOf(complaints));
    }

    private void expect(String what, long found, long expected) {
        if (found != expected) {
            complaints.add(what + ": " + found + " (expected: " + expected + ")");
        }
    }

    /** The last answer; meanwhile somebody looks at what the relay holds. */
    private Seen watched() throws IOException, InterruptedException {
        Thread watcher = Thread.ofVirtual().start(this::watch);
        try {
            for (int i = 1; i < row.setup().asks(); i++) {
                ask(row.setup());
            }
            return ask(row.setup());
        } finally {
            watcher.interrupt();
            watcher.join();
        }
    }

    private void watch() {
        try {
            while (true) {
                mostHeld = Math.max(mostHeld, relay.memory());
                Thread.sleep(LOOK);
            }
        } catch (InterruptedException over) {
            // The answer is there.
        }
    }

    private Seen ask(Setup setup) throws IOException {
        return caller.ask(api, api.path("m", stream), api.body("m", stream, setup));
    }

    /** A connection is kept in order to carry the next request. */
    private void askAgain() throws IOException {
        first.mend();
        long opened = first.simulator().counts().connectionsOpened();
        Seen next = ask(Setup.PLAIN);
        if (!next.looksComplete()) {
            complaints.add("asked again: " + next.words());
        }
        expect(
                "connections opened for the next request",
                first.simulator().counts().connectionsOpened() - opened,
                0);
    }

    /** How often the first provider is to be asked; -1: it cannot be told, since it closes before it reads. */
    private long asked() {
        if (!row.setup().way().leadsThere()) {
            return 0;
        }
        if (row.setup().retries() != Retries.NONE && row.streamed().matches("(refuse|accept-close)\\b.*")) {
            return -1;
        }
        boolean elsewhere = row.setup().retries() == Retries.OTHER && cell.attempts() > 1;
        return cell.attempts() * (long) row.setup().asks() - (elsewhere ? 1 : 0);
    }

    /** Whether what the client saw is what the first provider said, the only time that it was asked for it. */
    private boolean isOneAnswer() {
        return cell.attempts() == 1
                && (cell.seen() instanceof Whole || (cell.seen() instanceof Status error && error.its()));
    }

    private long stated(Counts.Tally tally) {
        return switch (cell.stated()) {
            case ALL -> tally.promptTokens() + tally.completionTokens();
            case PROMPT_AND_ONE -> tally.promptTokens() + 1;
            case NOTHING -> 0;
        };
    }

    private boolean fits(Seen seen) {
        return seen.unreadable() == 0
                && switch (cell.seen()) {
                    case Whole whole ->
                        seen.looksComplete()
                                && seen.finish() == whole.finish()
                                && (!seen.stream() || whole.more() || seen.last() == Seen.Last.TERMINAL)
                                && row.isText(seen.text(), whole.more());
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
                                && isBeginning(seen.text(), error.pieces());
                };
    }

    private static boolean isBeginning(String text, int pieces) {
        String all = FaultTable.TEXT;
        return switch (pieces) {
            case ErrorEvent.SOME -> !text.isEmpty() && text.length() < all.length() && all.startsWith(text);
            case ErrorEvent.ENDLESS ->
                text.length() > all.length()
                        && all.repeat(text.length() / all.length() + 1).startsWith(text);
            default -> text.equals(FaultTable.pieces(pieces));
        };
    }

    /** What the provider says of its answer reaches the client unchanged; so does its error, or at least the error's message. */
    private void compare(Seen seen, Seen said) {
        if (said.headers().containsKey("content-encoding")) {
            return; // it is said to nobody who has not asked for it
        }
        if (cell.seen() instanceof Whole) {
            same("model", seen.models(), said.models());
            same("usage", seen.usages(), said.usages());
        } else if (said.status() >= 400) {
            same("body", seen.body(), said.body());
        } else if (said.message().isEmpty() || !seen.body().contains(said.message())) {
            complaints.add("body: " + seen.body() + " (expected: in it " + said.message() + ")");
        }
    }

    private void same(String what, Object seen, Object said) {
        if (!seen.equals(said)) {
            complaints.add(what + ": " + seen + " (expected: " + said + ")");
        }
    }

    private static int number(Seen seen, String header) {
        String value = seen.headers().getOrDefault(header, "");
        return value.matches("\\d{1,9}") ? Integer.parseInt(value) : -1;
    }

    private static String shortened(String text) {
        return text.length() <= 120 ? text : text.substring(0, 120) + "… (" + text.length() + " characters)";
    }

    /** What it comes to, at the latest when the wait is over. */
    private long reached(LongSupplier figure, long wanted) throws InterruptedException {
        long until = System.nanoTime() + rest.toNanos();
        long now = figure.getAsLong();
        while (now != wanted && System.nanoTime() < until) {
            Thread.sleep(LOOK);
            now = figure.getAsLong();
        }
        return now;
    }
}
