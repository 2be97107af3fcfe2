package dev.tidemill.core.health;

import dev.tidemill.core.health.Parking.Parked;
import dev.tidemill.core.health.Phase.Shut;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Rendezvous;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How one target (provider and model upstream) does, for all routes that lead to it and all loops.
 *
 * <p>An attempt begins with {@link #begin}, which gives a ticket, and ends with exactly one of {@link #succeeded},
 * {@link #failed}, {@link #limited}, {@link #missing} and {@link #dropped}, in any order and on any thread; ticket 0 ends
 * nothing, so whoever sets his ticket to 0 at the ending cannot end twice. Only {@code succeeded} and {@code failed} count:
 * a client that left, a request that was bad, our own overload, a refused credential and a connection that never stood are
 * {@code dropped}. Nothing here blocks or, unless something changes, allocates.
 */
public final class TargetHealth {
    /** From this success rate on: healthy. */
    static final double HEALTHY = 0.8;

    /** Part by which one attempt moves the success rate: a memory of some thirty attempts. */
    static final double RATE_PART = 1.0 / 32;

    static final double TIME_PART = 1.0 / 8;

    /** How long a model that the provider does not know is let alone; then one attempt finds out. */
    static final long COOL_DOWN = 300_000_000_000L;

    /** Between healthy and degraded a target changes at most this often, so that noise at the border tells no stories. */
    private static final long RATE_CHANGE = 1_000_000_000L;

    private static final int LONGEST_CODE = 64;

    private final String provider;
    private final String model;
    private final long place;
    private final Shown shown;
    private final Breaker breaker;
    private final RetryBudget budget;
    private final Parking parking = new Parking();
    private final Map<String, Parking> ofKeys = new ConcurrentHashMap<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Average rate = new Average(1, RATE_PART);
    private final Average ttft = new Average(Double.NaN, TIME_PART);
    private final Average latency = new Average(Double.NaN, TIME_PART);
    private volatile String lastCode = "";
    private volatile long rateChanged;
    private volatile long lastUsed;

    TargetHealth(String provider, String model, Rules rules, Shown shown, long seed, long now) {
        this.provider = provider;
        this.model = model;
        this.place = Rendezvous.hash(shown.name());
        this.shown = shown;
        this.breaker = new Breaker(rules.breaker(), seed ^ place, now);
        this.budget = new RetryBudget(rules.budget(), now);
        this.rateChanged = now - RATE_CHANGE;
        this.lastUsed = now;
    }

    /**
     * What of a policy concerns a target's health.
     *
     * @param breaker null: it never opens
     * @param budget of retries, 0 to 1
     */
    record Rules(Policy.@Nullable Breaker breaker, double budget) {
        static Rules of(Policy policy) {
            return new Rules(policy.breaker(), policy.retry().budget());
        }

        /** Of two routes to one target the more careful one. */
        Rules strictest(Rules other) {
            Policy.Breaker mine = breaker;
            Policy.Breaker its = other.breaker;
            boolean theirs = mine == null || (its != null && its.failures() < mine.failures());
            return new Rules(theirs ? its : mine, Math.min(budget, other.budget));
        }
    }

    void rules(Rules next, long now) {
        breaker.rules(next.breaker(), now);
        budget.ratio(next.budget());
    }

    // An attempt

    /**
     * Begins an attempt.
     *
     * @param heedless on behalf of a route whose policy has no breaker
     * @return a ticket, 0: not now
     */
    public long begin(long now, boolean heedless) {
        if (parking.at(now) != null) {
            return Ticket.NONE;
        }
        long ticket = breaker.admit(now, heedless);
        if (ticket != Ticket.NONE) {
            inFlight.getAndIncrement();
            lastUsed = now;
        }
        return ticket;
    }

    /** Its request leaves, which earns the target its share of a retry. */
    public void sent(long now) {
        budget.attempted(now);
    }

    /** The first content is here (the whole answer, of one that is not streamed); not an ending, and may be left out. */
    public void answered(long ticket, long ttftNanos) {
        if (ticket != Ticket.NONE && ttftNanos > 0) {
            ttft.add((double) ttftNanos);
        }
    }

    /** Whether it is of importance that {@link #comes} is called. */
    public static boolean watched(long ticket) {
        return Ticket.isTrial(ticket);
    }

    /** An event of the answer is here, so long after its first content; not an ending. A trial passes by it after a while. */
    public void comes(long ticket, long now, long sinceFirstContent) {
        if (sinceFirstContent >= Breaker.PROVEN) {
            passed(ticket, now);
        }
    }

    private void passed(long ticket, long now) {
        if (breaker.passed(ticket, now)) {
            rate.raiseTo(Breaker.HALF);
            tell(now);
        }
    }

    /** The answer came whole, after this long since the send. */
    public void succeeded(long ticket, long now, long latencyNanos) {
        if (ticket == Ticket.NONE) {
            return;
        }
        answered(ticket, ttft.known() ? 0 : latencyNanos);
        passed(ticket, now);
        inFlight.getAndDecrement();
        if (latencyNanos > 0) {
            latency.add((double) latencyNanos);
        }
        breaker.succeeded(ticket, now);
        if (breaker.sameEpoch(ticket)) {
            rate.add(1);
        }
        if (shown.state() != State.HEALTHY || degraded()) {
            tell(now);
        }
    }

    /** The target did not answer, answered with an error of its own, or broke off. */
    public void failed(long ticket, long now, String code) {
        if (ticket == Ticket.NONE) {
            return;
        }
        inFlight.getAndDecrement();
        String shortCode = code.length() <= LONGEST_CODE ? code : code.substring(0, LONGEST_CODE);
        lastCode = shortCode;
        breaker.failed(ticket, now, shortCode, breaker.sameEpoch(ticket) ? rate.add(0) : rate.get());
        tell(now);
    }

    /**
     * The model's limit is reached (429, 529): parked for this long, at most a minute, and not counted.
     *
     * @param nanos of Retry-After, or what the caller takes for it
     */
    public void limited(long ticket, long now, long nanos, String code) {
        if (ticket != Ticket.NONE) {
            parking.until(now, nanos, "limited: " + code);
            dropped(ticket, now);
            tell(now);
        }
    }

    /** It has {@link #failed}, and names how long it is to be let alone for that, at most a minute. */
    public void pauses(long now, long nanos, String code) {
        parking.until(now, nanos, "asked for a pause: " + code);
        tell(now);
    }

    /** The provider does not know the model or does not let us use it (404, some 403): taken out. */
    public void missing(long ticket, long now, String code) {
        if (ticket != Ticket.NONE) {
            inFlight.getAndDecrement();
            breaker.takeOut(now, COOL_DOWN, "taken out: " + code);
            tell(now);
        }
    }

    /** The attempt ended without saying anything about the target. */
    public void dropped(long ticket, long now) {
        if (ticket != Ticket.NONE) {
            inFlight.getAndDecrement();
            breaker.dropped(ticket, now);
        }
    }

    /** Whether the provider's key with this fingerprint is let alone for this model. */
    Parking parkingOf(String fingerprint) {
        return ofKeys.computeIfAbsent(fingerprint, key -> new Parking());
    }

    void forgetKeysBut(Predicate<String> fingerprints) {
        ofKeys.keySet().removeIf(fingerprints.negate());
    }

    /** Whether an attempt may still be sent that began a while ago and waited; a trial always may. */
    public boolean stillGoes(long ticket, long now, boolean heedless) {
        return Ticket.isTrial(ticket) || (parking.at(now) == null && breaker.standing(now, heedless) == Standing.READY);
    }

    /** What retries of this target are taken from. */
    public RetryBudget budget() {
        return budget;
    }

    // For the choice

    /** Whether an attempt may begin; takes nothing. */
    public Standing standing(long now, boolean heedless) {
        return parking.at(now) == null ? breaker.standing(now, heedless) : Standing.SHUT;
    }

    /** Nanoseconds for which its provider wants it let alone yet. */
    public long parked(long now) {
        return parking.left(now);
    }

    /** Nanoseconds until an attempt may begin, 0: now. */
    public long left(long now) {
        return Math.max(parking.left(now), breaker.left(now));
    }

    /** Share of its traffic that it is to get, above 0, at most 1: less than that while it comes back. */
    public double share(long now) {
        return breaker.share(now);
    }

    public int inFlight() {
        return inFlight.get();
    }

    /** Of the latest attempts, 0 to 1. */
    public double successRate() {
        return rate.get();
    }

    public boolean degraded() {
        return rate.get() < HEALTHY;
    }

    /** Average time to first content, of late, in nanoseconds; 0: unknown. */
    public long ttftNanos() {
        return known(ttft);
    }

    /** {@link Rendezvous#hash} of {@code provider/model}. */
    public long place() {
        return place;
    }

    // For those who look

    String provider() {
        return provider;
    }

    String model() {
        return model;
    }

    public String name() {
        return shown.name();
    }

    public TargetState state(long now) {
        tell(now);
        long sum = breaker.sum(now);
        return new TargetState(
                provider,
                model,
                present(now),
                reason(now),
                left(now),
                share(now),
                inFlight(),
                successRate(),
                ttftNanos(),
                known(latency),
                Counts.firstOf(sum),
                Counts.secondOf(sum),
                budget.left(now),
                shown.since());
    }

    /** Why it stands as it does; empty when healthy and in full use. */
    public String reason(long now) {
        if (breaker.phase() instanceof Shut shut) {
            return shut.reason();
        }
        Parked parked = parking.at(now);
        if (parked != null) {
            return parked.reason();
        }
        double share = share(now);
        String back = share < 1 ? String.format(Locale.ROOT, "coming back, %.0f %% of its traffic", share * 100) : "";
        if (!degraded()) {
            return back;
        }
        return String.format(Locale.ROOT, "success rate %.2f; last failure: %s", rate.get(), lastCode)
                + (back.isEmpty() ? "" : "; " + back);
    }

    boolean idleSince(long moment) {
        return inFlight.get() == 0 && lastUsed - moment < 0;
    }

    long lastUsed() {
        return lastUsed;
    }

    private State present(long now) {
        if (breaker.phase() instanceof Shut shut) {
            return shut.out() ? State.OUT : State.DOWN;
        }
        if (parking.at(now) != null) {
            return State.PARKED;
        }
        return degraded() ? State.DEGRADED : State.HEALTHY;
    }

    /** Tells what has changed since it was last told. */
    private void tell(long now) {
        State is = present(now);
        State was = shown.state();
        if (is == was) {
            return;
        }
        if (is.ordinal() <= State.DEGRADED.ordinal() && was.ordinal() <= State.DEGRADED.ordinal()) {
            if (now - rateChanged < RATE_CHANGE) {
                return;
            }
            rateChanged = now;
        }
        String reason = reason(now);
        shown.change(is, reason.isEmpty() ? "in use" : reason);
    }

    private static long known(Average average) {
        return average.known() ? (long) average.get() : 0;
    }
}
