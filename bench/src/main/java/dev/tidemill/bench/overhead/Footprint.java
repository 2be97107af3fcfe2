package dev.tidemill.bench.overhead;

import java.net.URI;
import java.util.Locale;

/**
 * What a contender's resident set grows by while it holds streams, over one that is warm but has never held so many: memory
 * that was used once is kept by either program. They are held twice. A JVM puts what is new where it had garbage before, and
 * only what has lived through a collection costs it memory that it had not touched; the second time shows that, too.
 *
 * @param idle warm and without connections
 * @param open with all streams open
 * @param idleAgain when they had ended
 * @param openAgain with as many open once more
 */
record Footprint(String contender, int streams, long idle, long open, long idleAgain, long openAgain) {
    /** Enough of these that the relay's young heap has been filled and collected: what is only garbage is there before. */
    private static final Workload WARMING = Workload.PLAIN;

    /** The most that a stream of the relay may cost. */
    private static final double GOAL_KIBIBYTES = 40;

    private static final int WARM_REQUESTS = 250_000;
    private static final int WARM_SECONDS = 5;
    private static final int MOST_WARM_SECONDS = 60;
    /** Each stream lasts for 10 s. */
    private static final int OPEN_SECONDS = 9;

    private static final int SAMPLE_MILLIS = 6_000;
    private static final int QUIET_MILLIS = 3_000;
    private static final int MOST_QUIET_MILLIS = 60_000;

    /**
     * @param contender fresh, so that it has not held many streams before
     * @throws IllegalStateException when the streams were not all open while memory was looked at
     */
    static Footprint of(Contender contender, Wrk wrk, Workload workload, URI upstream) throws InterruptedException {
        long warm = 0;
        for (int spent = 0; warm < WARM_REQUESTS && spent < MOST_WARM_SECONDS; spent += WARM_SECONDS) {
            warm += wrk.run(WARMING, contender.completions(), WARM_SECONDS).requests();
        }
        long idle = idle(contender);
        long open = open(contender, wrk, workload, upstream);
        long idleAgain = idle(contender);
        return new Footprint(
                contender.name(),
                workload.connections,
                idle,
                open,
                idleAgain,
                open(contender, wrk, workload, upstream));
    }

    private static long idle(Contender contender) throws InterruptedException {
        long deadline = System.nanoTime() + MOST_QUIET_MILLIS * 1_000_000L;
        while (contender.child().connections(contender.url().getPort()) > 0 && System.nanoTime() < deadline) {
            Thread.sleep(100);
        }
        Thread.sleep(QUIET_MILLIS);
        expect(0, contender, contender.url());
        return contender.child().rssBytes();
    }

    private static long open(Contender contender, Wrk wrk, Workload workload, URI upstream)
            throws InterruptedException {
        try (Wrk.Running running = wrk.start(workload, contender.completions(), OPEN_SECONDS)) {
            Thread.sleep(SAMPLE_MILLIS);
            expect(workload.connections, contender, contender.url());
            expect(workload.connections, contender, upstream);
            long rss = contender.child().rssBytes();
            expect(workload.connections, contender, contender.url());
            expect(workload.connections, contender, upstream);
            running.end();
            return rss;
        }
    }

    private static void expect(int connections, Contender contender, URI peer) {
        long found = contender.child().connections(peer.getPort());
        if (found != connections) {
            throw new IllegalStateException(
                    "%s has %d connections at %s (expected: %d)".formatted(contender.name(), found, peer, connections));
        }
    }

    /** The most that was seen, over what was there before any stream. */
    double kibibytesAStream() {
        return (Math.max(open, openAgain) - idle) / 1024.0 / streams;
    }

    boolean keepsItsGoal() {
        return kibibytesAStream() <= GOAL_KIBIBYTES;
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "%s %.1f KiB (%d MB warm and idle, %d with all open, %d when they had ended, %d with as many again)",
                contender,
                kibibytesAStream(),
                idle >> 20,
                open >> 20,
                idleAgain >> 20,
                openAgain >> 20);
    }
}
