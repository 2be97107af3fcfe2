package dev.tidemill.core.choice;

import dev.tidemill.core.choice.Refusal.Why;
import dev.tidemill.core.health.State;
import dev.tidemill.core.health.TargetHealth;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Rendezvous;
import dev.tidemill.core.route.Target;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which target an attempt goes to, for one name that is asked for. Targets are sorted by priority; sets of them are bit
 * masks by index, so there are at most {@value #MOST}. Choosing neither locks nor allocates.
 *
 * <p>The first priority with a target in use is it. A target that is down and due for a trial gets the first request that
 * comes by its priority, but none that has failed once already, as long as there is another. A target that comes back is
 * present for a growing share of requests and otherwise passed over; for an affinity it is always the same keys that find
 * it present. If nobody else is left, one that was passed over serves all the same.
 *
 * <p>Within a priority two are drawn by weight, with replacement, and the better one is taken (power of two choices;
 * Mitzenmacher 2001). Better is less {@code time to first token × (1 + load) ÷ success rate}, where load is the number of
 * requests in flight over the target's part of the weight (1 is an average part). Load goes by weight for otherwise the
 * smaller target would be driven to as many requests as the larger; time does not, so that idle targets of equal speed get
 * exactly their weights. Since a target may be drawn twice, the slower one keeps the square of its share: it stays known,
 * and may become better. Weights are shares where targets are alike, and leanings where they are not.
 *
 * <p>A target of which no time is known counts as fast as the other one drawn, and is not drawn at all while
 * {@value #UNKNOWN} requests are in flight there, unless nothing is known of any: tried, not flooded.
 *
 * <p>With an affinity the nearest target (see {@link Rendezvous}) is taken, whatever the others' load, since the provider
 * has the prefix in its cache. It spills to the next nearest only when saturated: {@value #BUSY} requests in flight and one
 * and a half times its part of the load (consistent hashing with bounded loads; Mirrokni, Thorup and Zadimoghaddam 2018).
 */
public final class Choice {
    /** Targets of a model. */
    public static final int MOST = 64;

    static final int UNKNOWN = 4;
    static final int BUSY = 32;
    private static final double FAIR = 1.5;
    private static final int TOLD = 4;

    final Model model;
    final int revision;
    private final Candidate[] candidates;
    private final boolean heedless;
    private final Hedging hedging;

    /** @throws IllegalArgumentException when there are more than {@link #MOST} */
    Choice(Model model, List<Candidate> candidates, int revision, Hedging hedging) {
        if (candidates.size() > MOST) {
            throw new IllegalArgumentException("targets of model " + model.name() + ": " + candidates.size()
                    + " (expected: at most " + MOST + ")");
        }
        this.model = model;
        this.revision = revision;
        this.candidates = candidates.toArray(Candidate[]::new);
        this.heedless = model.policy().breaker() == null;
        this.hedging = hedging;
    }

    /** Which target a ticket is for. */
    public static int index(long ticket) {
        return (int) ticket & MOST - 1;
    }

    /** A target by its index. */
    public Candidate at(int index) {
        return candidates[index];
    }

    /** The target a ticket is for. */
    public Candidate of(long ticket) {
        return candidates[index(ticket)];
    }

    public int size() {
        return candidates.length;
    }

    /** What is known of the model's times to first content, and how many requests may be asked twice. */
    public Hedging hedging() {
        return hedging;
    }

    /** Whether the model's policy has no breaker. */
    public boolean heedless() {
        return heedless;
    }

    /**
     * Chooses a target and begins an attempt there.
     *
     * @param excluded bit {@code 1L << index} for each target that is not wanted; not 0: the request has failed once
     * @param protocol the target must speak, null: any
     * @param context tokens the target must hold, 0: not known; a target whose context is not stated holds all
     * @param affinity what requests have in common that should meet the same cache, 0: nothing
     * @return the ticket with which the attempt ends at {@link TargetHealth}, {@link #index} tells the target; 0: none, and
     *     {@link #refusal} says why
     */
    public long begin(
            long now, RandomGenerator random, long excluded, @Nullable Protocol protocol, long context, long affinity) {
        long fit = fitting(protocol, context) & ~excluded;
        while (fit != 0) {
            int at = choose(now, random, fit, excluded != 0, affinity);
            if (at < 0) {
                return 0;
            }
            Candidate chosen = candidates[at];
            long ticket = chosen.health().begin(now, heedless);
            if (ticket != 0) {
                if (heedless || chosen.host().take(now)) {
                    return ticket | at;
                }
                chosen.health().dropped(ticket, now);
            }
            fit &= ~(1L << at); // somebody else was faster to take the trial
        }
        return 0;
    }

    /** The index of the target that {@link #begin} would go to now, given the same; -1: none. Takes nothing. */
    public int find(
            long now, RandomGenerator random, long excluded, @Nullable Protocol protocol, long context, long affinity) {
        return choose(now, random, fitting(protocol, context) & ~excluded, excluded != 0, affinity);
    }

    /** A bit for each target that speaks this and holds so much, whether or not it may be asked now. */
    public long fitting(@Nullable Protocol protocol, long context) {
        long fit = 0;
        for (int i = 0; i < candidates.length; i++) {
            Target target = candidates[i].target();
            if ((protocol == null || target.provider().protocol() == protocol)
                    && (target.context() == 0 || target.context() >= context)) {
                fit |= 1L << i;
            }
        }
        return fit;
    }

    private int choose(long now, RandomGenerator random, long fit, boolean again, long affinity) {
        long absent = 0;
        long due = 0;
        for (int from = 0, to; from < candidates.length; from = to) {
            to = tierEnd(from);
            long ready = 0;
            for (int i = from; i < to; i++) {
                long bit = 1L << i;
                if ((fit & bit) != 0) {
                    switch (candidates[i].standing(now, heedless)) {
                        case READY -> {
                            if (present(i, now, random, affinity)) {
                                ready |= bit;
                            } else {
                                absent |= bit;
                            }
                        }
                        case TRIAL_DUE -> {
                            if (!again) {
                                return i;
                            }
                            due |= bit;
                        }
                        case SHUT -> {}
                    }
                }
            }
            if (ready != 0) {
                return among(ready, random, affinity);
            }
        }
        if (absent != 0) {
            int first = Long.numberOfTrailingZeros(absent);
            return among(absent & below(tierEnd(first)), random, affinity);
        }
        return due == 0 ? -1 : Long.numberOfTrailingZeros(due);
    }

    private int tierEnd(int from) {
        int priority = candidates[from].target().priority();
        int to = from + 1;
        while (to < candidates.length && candidates[to].target().priority() == priority) {
            to++;
        }
        return to;
    }

    private static long below(int index) {
        return index == MOST ? -1L : (1L << index) - 1;
    }

    private boolean present(int i, long now, RandomGenerator random, long affinity) {
        TargetHealth health = candidates[i].health();
        double share = health.share(now);
        return share >= 1
                || (affinity == 0 ? random.nextDouble() : Rendezvous.share(affinity, ~health.place())) < share;
    }

    /** One of a set that is not empty, all of one priority. */
    private int among(long set, RandomGenerator random, long affinity) {
        if ((set & set - 1) == 0) {
            return Long.numberOfTrailingZeros(set);
        }
        double weights = 0;
        int load = 0;
        for (long rest = set; rest != 0; rest &= rest - 1) {
            Candidate candidate = candidates[Long.numberOfTrailingZeros(rest)];
            weights += candidate.weight();
            load += candidate.health().inFlight();
        }
        if (affinity != 0) {
            int nearest = nearest(set, affinity, weights, load);
            if (nearest >= 0) {
                return nearest;
            }
        }
        return betterOfTwo(set, random);
    }

    private int nearest(long set, long affinity, double weights, int load) {
        int best = -1;
        double least = Double.POSITIVE_INFINITY;
        for (long rest = set; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            TargetHealth health = candidates[i].health();
            double weight = candidates[i].weight();
            double distance = Rendezvous.distance(affinity, health.place(), weight);
            int inFlight = health.inFlight();
            boolean saturated = inFlight >= BUSY && inFlight >= FAIR * (load + 1) * weight / weights;
            if (distance < least && !saturated) {
                least = distance;
                best = i;
            }
        }
        return best;
    }

    private int betterOfTwo(long all, RandomGenerator random) {
        long set = withoutFlooded(all);
        double weights = 0;
        for (long rest = set; rest != 0; rest &= rest - 1) {
            weights += candidates[Long.numberOfTrailingZeros(rest)].weight();
        }
        int a = draw(set, random.nextDouble() * weights);
        int b = draw(set, random.nextDouble() * weights);
        if (a == b) {
            return a;
        }
        double average = weights / Long.bitCount(set);
        TargetHealth first = candidates[a].health();
        TargetHealth second = candidates[b].health();
        long firstTime = first.ttftNanos();
        long secondTime = second.ttftNanos();
        if (firstTime == 0 || secondTime == 0) {
            firstTime = secondTime = 1;
        }
        return cost(b, secondTime, average) < cost(a, firstTime, average) ? b : a;
    }

    private long withoutFlooded(long set) {
        long known = set;
        boolean anyKnown = false;
        for (long rest = set; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            TargetHealth health = candidates[i].health();
            if (health.ttftNanos() != 0) {
                anyKnown = true;
            } else if (health.inFlight() >= UNKNOWN) {
                known &= ~(1L << i);
            }
        }
        return anyKnown ? known : set;
    }

    private int draw(long set, double ticket) {
        double left = ticket;
        int last = -1;
        for (long rest = set; rest != 0; rest &= rest - 1) {
            last = Long.numberOfTrailingZeros(rest);
            left -= candidates[last].weight();
            if (left < 0) {
                break;
            }
        }
        return last;
    }

    private double cost(int i, long time, double averageWeight) {
        Candidate candidate = candidates[i];
        double load = candidate.health().inFlight() * averageWeight / candidate.weight();
        return time * (1 + load) / Math.max(0.01, candidate.health().successRate());
    }

    /** Why {@link #begin} gave nothing for the same arguments. */
    public Refusal refusal(long now, long excluded, @Nullable Protocol protocol, long context) {
        long fit = fitting(protocol, context);
        if (fit == 0) {
            return new Refusal(
                    Why.NONE_FITS,
                    0,
                    "no target speaks "
                            + (protocol == null ? "anything" : protocol.name().toLowerCase(Locale.ROOT)) + " and holds "
                            + context + " tokens");
        }
        long left = fit & ~excluded;
        if (left == 0) {
            return new Refusal(Why.ALL_TRIED, 0, "all " + Long.bitCount(fit) + " targets were tried");
        }
        Why why = Why.OUT;
        long wait = Long.MAX_VALUE;
        long waitOut = Long.MAX_VALUE;
        StringBuilder reason = new StringBuilder();
        int told = 0;
        for (long rest = left; rest != 0; rest &= rest - 1) {
            Candidate candidate = candidates[Long.numberOfTrailingZeros(rest)];
            State state = candidate.health().state(now).state();
            long its = candidate.left(now);
            if (state == State.OUT || candidate.credentials().out()) {
                waitOut = Math.min(waitOut, its);
            } else {
                boolean parked = state != State.DOWN && candidate.host().open();
                why = parked ? Why.PARKED : why == Why.OUT ? Why.DOWN : why;
                wait = Math.min(wait, its);
            }
            if (told++ < TOLD) {
                reason.append(told == 1 ? "" : "; ")
                        .append(candidate.health().name())
                        .append(": ")
                        .append(candidate.reason(now));
            }
        }
        if (told > TOLD) {
            reason.append("; and ").append(told - TOLD).append(" more");
        }
        return new Refusal(why, Math.max(1, why == Why.OUT ? waitOut : wait), reason.toString());
    }
}
