package dev.tidemill.core.health;

import dev.tidemill.core.health.Phase.Closed;
import dev.tidemill.core.health.Phase.HalfOpen;
import dev.tidemill.core.health.Phase.Open;
import dev.tidemill.core.health.Phase.Shut;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Rendezvous;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The breaker of one target: closed, open, half-open, and closed again with traffic that comes back bit by bit.
 *
 * <p>The difficulty is that attempts of all loops begin and end in any order, minutes apart, while the breaker goes round.
 * An attempt that began before the opening may fail after the target has recovered, a trial may never report, a second
 * trial may overtake the first. Two things make the order harmless:
 *
 * <ul>
 *   <li>The whole state is one immutable {@link Phase} behind one reference, and every transition one compare-and-set. An
 *       ordinary attempt reads it, and no more.
 *   <li>Each attempt carries a {@link Ticket} with the epoch it began in, which every opening raises, and the number of its
 *       trial. Endings of an earlier epoch change nothing; so at most {@code failures} failed attempts and those then in
 *       flight precede an opening, and the latter neither open the breaker again nor lengthen it.
 * </ul>
 *
 * <p>It opens when the window holds at least {@code failures} failed attempts and these are at least half of it, or were
 * the last ones in a row, or the success rate of the latest attempts is below one half, which sees a target go bad that
 * had a long good past in its window. It stays open for the configured time, spread by a tenth so that targets which fell
 * together do not return together; the time does not grow. Then one request at a time is a trial. A trial that is overtaken
 * because it had not reported in time may still close the breaker, and may not open it.
 *
 * <p>A trial has passed when its answer has ended whole. Its first content proves little: a target that hangs in the midst
 * of answers begins each of them well, and would be given traffic, and cut it, once per trial. But answers may take half an
 * hour, and a target that does well should not wait for the end of one. So one whose events still come after
 * {@link #PROVEN} has passed, too. Silence cannot pass that way, however long the clocks: it is an event that is looked at,
 * not the time.
 */
final class Breaker {
    /** Traffic is whole again this long after the first successful trial. */
    static final long RETURN = 30_000_000_000L;

    /** Share of traffic with which the return begins. */
    static final double FIRST_SHARE = 0.1;

    /** A trial that has not reported by now is lost; longer than the default wait for first content. */
    static final long TRIAL = 150_000_000_000L;

    /** A trial whose answer still comes so long after its first content has passed; a third of the return that follows. */
    static final long PROVEN = 10_000_000_000L;

    static final double HALF = 0.5;

    private static final long TRIAL_HINT = 1_000_000_000L;

    private static final int SLOTS = 30;
    private static final double SPREAD = 0.1;

    /** What a target goes by whose routes have no breaker: it can be taken out, and cannot open by itself. */
    private static final Policy.Breaker WITHOUT =
            new Policy.Breaker(Integer.MAX_VALUE, Duration.ofMinutes(5), Duration.ofSeconds(30));

    private final long seed;
    private final AtomicReference<Phase> phase;
    private final AtomicInteger inARow = new AtomicInteger();
    private volatile Policy.Breaker rules;
    private volatile Counts window;

    /** @param seed decides the spread of the open time */
    Breaker(Policy.@Nullable Breaker rules, long seed, long now) {
        this.rules = rules == null ? WITHOUT : rules;
        this.seed = seed;
        this.phase = new AtomicReference<>(new Closed(0, now, false));
        this.window = emptyWindow(this.rules, now);
    }

    private static Counts emptyWindow(Policy.Breaker rules, long now) {
        return new Counts(SLOTS, rules.window().toNanos(), now);
    }

    /** Goes by other rules from now on. An open breaker stays open; another window begins empty. */
    void rules(Policy.@Nullable Breaker orNull, long now) {
        Policy.Breaker was = rules;
        Policy.Breaker next = orNull == null ? WITHOUT : orNull;
        if (!was.window().equals(next.window())) {
            window = emptyWindow(next, now);
        }
        rules = next;
    }

    Phase phase() {
        return phase.get();
    }

    /** Whether an attempt may begin now; takes nothing. */
    Standing standing(long now, boolean heedless) {
        if (!(phase.get() instanceof Shut shut)) {
            return Standing.READY;
        }
        if (now - shut.next() >= 0) {
            return Standing.TRIAL_DUE;
        }
        return heedless && !shut.out() ? Standing.READY : Standing.SHUT;
    }

    /**
     * Begins an attempt.
     *
     * @param heedless on behalf of a route without a breaker: let through though this one is open
     * @return its ticket, or {@link Ticket#NONE}
     */
    long admit(long now, boolean heedless) {
        while (true) {
            Phase is = phase.get();
            if (!(is instanceof Shut shut)) {
                return Ticket.ordinary(is.epoch());
            }
            if (now - shut.next() < 0) {
                return heedless && !shut.out() ? Ticket.ordinary(is.epoch()) : Ticket.NONE;
            }
            int trial = is instanceof HalfOpen half ? half.trial() + 1 : 1;
            if (phase.compareAndSet(is, new HalfOpen(is.epoch(), trial, now + TRIAL, shut.out(), shut.reason()))) {
                return Ticket.trial(is.epoch(), trial);
            }
        }
    }

    /** The answer is whole, or came well for long enough; true when this closed the breaker. */
    boolean passed(long ticket, long now) {
        while (Ticket.isTrial(ticket) && phase.get() instanceof HalfOpen half && half.epoch() == Ticket.epoch(ticket)) {
            window = emptyWindow(rules, now);
            inARow.set(0);
            if (phase.compareAndSet(half, new Closed(half.epoch(), now, true))) {
                return true;
            }
        }
        return false;
    }

    void succeeded(long ticket, long now) {
        if (counts(ticket)) {
            window.add(now, 1, 0);
            if (inARow.get() != 0) {
                inARow.set(0);
            }
        }
    }

    /**
     * An attempt failed by the target's doing.
     *
     * @param rate success rate of the latest attempts, this one included
     * @return whether this opened the breaker
     */
    boolean failed(long ticket, long now, String code, double rate) {
        if (phase.get() instanceof HalfOpen half && half.epoch() == Ticket.epoch(ticket)) {
            return Ticket.isTrial(ticket, half.trial()) && open(half, now, "a trial failed: " + code);
        }
        if (!counts(ticket)) {
            return false;
        }
        window.add(now, 1, 1);
        int row = inARow.incrementAndGet();
        Policy.Breaker limit = rules;
        long sum = window.sum(now);
        int attempts = Counts.firstOf(sum);
        int failures = Counts.secondOf(sum);
        boolean bad =
                failures >= limit.failures() && (2L * failures >= attempts || row >= limit.failures() || rate < HALF);
        return bad
                && phase.get() instanceof Closed closed
                && closed.epoch() == Ticket.epoch(ticket)
                && open(
                        closed,
                        now,
                        failures + " of " + attempts + " attempts failed in "
                                + text(limit.window().toSeconds()) + "; last: " + code);
    }

    private boolean open(Phase from, long now, String reason) {
        long nanos = rules.open().toNanos();
        int epoch = from.epoch() + 1;
        double spread = 1 + SPREAD * (2 * Rendezvous.share(seed, epoch) - 1);
        return phase.compareAndSet(from, new Open(epoch, now + (long) (nanos * spread), false, reason));
    }

    /** Keeps traffic away whatever the counts are; then trials decide. */
    void takeOut(long now, long nanos, String reason) {
        Phase is = phase.get();
        while (!phase.compareAndSet(is, new Open(is.epoch() + 1, now + nanos, true, reason))) {
            is = phase.get();
        }
    }

    /** The attempt says nothing about the target; a trial makes room for the next. */
    void dropped(long ticket, long now) {
        if (phase.get() instanceof HalfOpen half
                && half.epoch() == Ticket.epoch(ticket)
                && Ticket.isTrial(ticket, half.trial())) {
            phase.compareAndSet(half, new HalfOpen(half.epoch(), half.trial(), now, half.out(), half.reason()));
        }
    }

    /** Share of its traffic that the target is to get while it is in use, above 0, at most 1. */
    double share(long now) {
        if (!(phase.get() instanceof Closed closed) || !closed.returning()) {
            return 1;
        }
        long gone = now - closed.since();
        return gone >= RETURN ? 1 : FIRST_SHARE + (1 - FIRST_SHARE) * Math.max(0, gone) / RETURN;
    }

    /** Nanoseconds until it makes sense to ask again, 0: now. A trial under way may end at any moment. */
    long left(long now) {
        return switch (phase.get()) {
            case Closed closed -> 0;
            case Open open -> Math.max(0, open.next() - now);
            case HalfOpen half -> Math.clamp(half.next() - now, 0, TRIAL_HINT);
        };
    }

    /** Whether the breaker has not opened since the attempt began. */
    boolean sameEpoch(long ticket) {
        return phase.get().epoch() == Ticket.epoch(ticket);
    }

    /** Attempts and failures in the window, as {@link Counts#sum}. */
    long sum(long now) {
        return window.sum(now);
    }

    private boolean counts(long ticket) {
        return phase.get() instanceof Closed closed && closed.epoch() == Ticket.epoch(ticket);
    }

    private static String text(long seconds) {
        return seconds % 60 == 0 ? seconds / 60 + " min" : String.format(Locale.ROOT, "%d s", seconds);
    }
}
