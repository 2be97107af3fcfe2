package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.route.Clocks;
import dev.tidemill.relay.loop.Timed;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time that one exchange has: its clocks, of which one runs at a time beside {@link Clock#TOTAL}; when a waiting phase is to
 * be woken; and when its client is to be shown that we live. One deadline stands for all, the earliest. Loop only.
 */
final class Watch extends Timed {
    private static final Duration LONGEST_DRAIN = Duration.ofMinutes(1);
    private static final Duration LAST_FRAME = Duration.ofSeconds(1);

    private final Exchange exchange;
    private Clocks clocks = Clocks.DEFAULT;
    private Clock clock = Clock.TOTAL;
    private long clockDue = NEVER;
    private long clockNanos;
    private long totalDue = NEVER;
    private long alarm = NEVER;
    private long heartbeatDue = NEVER;
    private long heartbeatNanos;

    Watch(Exchange exchange) {
        this.exchange = exchange;
    }

    /** From now on by these clocks; the total counts from the exchange's beginning. */
    void routed(Clocks by) {
        clocks = by;
        totalDue = exchange.begun() + by.total().toNanos();
        due();
    }

    Clocks clocks() {
        return clocks;
    }

    /** What is left of the caller's time, in nanoseconds. */
    long timeLeft() {
        return totalDue - System.nanoTime();
    }

    /** Runs the phase that waits at this time, by {@link System#nanoTime}, if not before. */
    void wakeAt(long time) {
        alarm = time;
        due();
    }

    /** Starts a clock in place of the one before; it ends the attempt when it runs out. */
    void start(Clock next) {
        start(next, System.nanoTime());
    }

    /** The same, counted from {@code since}. */
    void start(Clock next, long since) {
        clock = next;
        clockNanos = next.of(clocks).toNanos();
        if (next == Clock.GAP) { // which of the two it is, is asked when the shorter one has run out
            clockNanos = Math.min(clockNanos, Clock.TOOL_GAP.of(clocks).toNanos());
        }
        clockDue = since + clockNanos;
        due();
    }

    /** No attempt runs, so nothing is waited for but the whole. */
    void pause() {
        clockDue = NEVER;
        due();
    }

    /**
     * More of an answer came than a comment: the clock that watches for silence starts anew.
     *
     * @param seen whether the client sees it, so that it need not be shown that we live
     */
    void progress(boolean seen) {
        if (clock != Clock.GAP && clock != Clock.HEADERS) {
            return;
        }
        long now = System.nanoTime();
        clockDue = now + clockNanos;
        if (heartbeatDue != NEVER && seen) {
            heartbeatDue = now + heartbeatNanos;
        }
        due();
    }

    /** The answer is whole but for the end of its framing, which is given a moment and not waited for. */
    void allCame() {
        clock = Clock.GAP;
        clockDue = System.nanoTime() + LAST_FRAME.toNanos();
        due();
    }

    /** The stream is opened after this time, counted from the exchange's beginning, if nothing has left by then. */
    void openAfter(Duration early) {
        heartbeatDue = exchange.begun() + early.toNanos();
        due();
    }

    /** From now on the client is shown that we live whenever nothing else has shown it for so long; null: never. */
    void startHeartbeat(@Nullable Duration silence) {
        heartbeatNanos = silence == null ? 0 : silence.toNanos();
        heartbeatDue = silence == null ? NEVER : System.nanoTime() + heartbeatNanos;
        due();
    }

    /** The client has left, and the answer is read on without it. */
    void clientGone(boolean bounded) {
        heartbeatDue = NEVER;
        if (bounded) {
            totalDue = Math.min(totalDue, System.nanoTime() + LONGEST_DRAIN.toNanos());
        }
        due();
    }

    private void due() {
        dueBy(clockDue);
    }

    private void dueBy(long clockEnd) {
        deadline = Math.min(Math.min(clockEnd, totalDue), Math.min(alarm, heartbeatDue));
    }

    @Override
    protected void expired(long now) {
        try {
            due(now);
        } catch (RuntimeException e) {
            exchange.broke(e);
        }
    }

    private void due(long now) {
        if (alarm - now <= 0) {
            alarm = NEVER;
            due();
            exchange.run();
            if (deadline - now > 0) {
                return;
            }
        }
        if (heartbeatDue - now <= 0) {
            heartbeatDue = heartbeatNanos == 0 ? NEVER : now + heartbeatNanos;
            exchange.beat();
            due();
            if (deadline - now > 0) {
                return;
            }
        }
        ranOut(now);
    }

    private void ranOut(long now) {
        Attempt last = exchange.attemptOrNull();
        boolean total = totalDue - now <= 0;
        if (total && exchange.gone() && now - exchange.begun() < clocks.total().toNanos()) {
            exchange.fail(Failure.of(Kind.CLIENT_GONE, "client_gone", "the client closed the connection")
                    .withDetail("read on for " + LONGEST_DRAIN.toSeconds() + " s, which was not to its end"));
        } else if (last != null && last.answeredWholly()) {
            last.finish();
        } else if (total || last == null) {
            exchange.fail(timeout(total ? Clock.TOTAL : clock, last));
        } else {
            silent(last, now);
        }
    }

    /** The attempt let its clock run out, unless that is not its provider's doing, or it may be silent for longer. */
    private void silent(Attempt last, long now) {
        if (last.heldUp()) {
            start(clock);
            return;
        }
        Clock ran = last.inForce(clock);
        long end = clockDue - clockNanos + ran.of(clocks).toNanos();
        if (end - now > 0) {
            dueBy(end);
            return;
        }
        Failure ours = last.exhausted();
        if (ours != null) {
            exchange.attemptFailed(last, ours);
            return;
        }
        Failure timeout = timeout(ran, last);
        if (ran.of(clocks).compareTo(ran.of(exchange.model().policy().clocks())) < 0) {
            last.outcome().drop(now); // it was the caller who would not wait
        } else if (ran == Clock.CONNECT) {
            last.outcome().unreached(now, timeout.code());
        }
        exchange.attemptFailed(last, timeout);
    }

    private Failure timeout(Clock ran, @Nullable Attempt last) {
        exchange.home().meters().attempts().clockRanOut(ran.ordinal());
        String who = last == null
                ? "the relay"
                : "provider " + last.target().provider().name();
        return Failure.of(
                        Kind.UPSTREAM_TIMEOUT,
                        "timeout_" + ran.key(),
                        who + ": " + ran.missing() + " within "
                                + ran.of(clocks).toMillis() / 1000.0 + " s (the clock " + ran.key()
                                + "). Try again, or ask the operator for a longer clock")
                .withDetail("clock " + ran.key());
    }
}
