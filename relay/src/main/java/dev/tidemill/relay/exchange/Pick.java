package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.choice.Candidate;
import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.choice.Refusal;
import dev.tidemill.core.choice.Refusal.Why;
import dev.tidemill.core.health.CredentialHealth;
import dev.tidemill.core.limit.Ticket.State;
import dev.tidemill.relay.admission.Bounds;
import dev.tidemill.relay.admission.Crossing;
import dev.tidemill.relay.meter.AdmissionMeters.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the target, and the key for it, by health, priority, weight and load, and by what it bears. Each attempt begins
 * here. When those that could be asked bear no more, the exchange stands in line for any of them.
 */
final class Pick implements Phase {
    private static final int NONE = -1;

    @Override
    public Step run(Exchange exchange) {
        Attempt last = exchange.attemptOrNull();
        if (last != null && last.replacesConnection()) {
            return Step.NEXT; // same target, fresh connection
        }
        long now = System.nanoTime();
        TargetWait wait = exchange.claims().targetWait();
        if (wait != null) {
            State state = wait.state();
            if (state == State.WAITING) {
                return Step.WAIT;
            }
            exchange.claims().targetWait(null);
            if (state != State.GRANTED) {
                exchange.home()
                        .admissionMeters()
                        .refused(Reason.UPSTREAM, exchange.claims().priority());
                return failed(exchange, limited(exchange, wait.retryAfterNanos()));
            }
            if (begin(exchange, wait, now)) {
                return Step.NEXT;
            }
        }
        Tries tries = exchange.tries();
        if (tries != null && tries.notBefore() - now > 0) {
            exchange.wakeAt(tries.notBefore());
            return Step.WAIT;
        }
        long left = tries == null ? 0 : tries.mask();
        Choosing choosing = new Choosing(exchange, now, left == 0);
        int begun = tries == null ? choosing.begin(0) : planned(choosing, tries);
        if (begun != NONE) {
            return Step.NEXT;
        }
        if (choosing.full != 0) {
            exchange.claims().targetWait(TargetWait.join(exchange, choosing.full, left == 0, now));
            return run(exchange);
        }
        Refusal refusal =
                exchange.choice().refusal(now, left, exchange.endpoint().protocol(), 0);
        long parked = refusal.waitNanos();
        boolean worthWaiting = refusal.why() == Why.PARKED
                && parked <= Recovery.LONGEST_PAUSE.toNanos()
                && parked < exchange.timeLeft()
                && exchange.downstream().live();
        if (worthWaiting) {
            exchange.wakeAt(now + parked);
            return Step.WAIT;
        }
        return failed(exchange, unavailable(exchange, refusal));
    }

    private static Step failed(Exchange exchange, Failure why) {
        Tries tries = exchange.tries();
        exchange.fail(tries == null ? why : tries.last());
        return Step.FAIL;
    }

    private static int planned(Choosing choosing, Tries tries) {
        long same = 1L << tries.next();
        int begun = choosing.begin(~same);
        return begun == NONE ? choosing.begin(tries.mask()) : begun;
    }

    /** Goes where room was taken for it, unless that may not be asked any more. */
    private static boolean begin(Exchange exchange, TargetWait wait, long now) {
        Choice choice = exchange.choice();
        Crossing crossing = wait.take();
        long ticket = choice.begin(
                now,
                exchange.home().loop().random(),
                ~(1L << wait.target()),
                exchange.endpoint().protocol(),
                0,
                exchange.affinity());
        if (ticket == 0) {
            crossing.leave(now);
            return false;
        }
        exchange.attempt(new Attempt(exchange, choice.of(ticket), ticket, wait.credential(), crossing));
        return true;
    }

    /** One pass over the targets. */
    private static final class Choosing {
        private final Exchange exchange;
        private final long now;
        /** Whether nobody who waits for the same is to be overtaken. */
        private final boolean unbound;
        /** A bit for each target that could be asked but bears no more. */
        private long full;

        Choosing(Exchange exchange, long now, boolean unbound) {
            this.exchange = exchange;
            this.now = now;
            this.unbound = unbound;
        }

        /** Begins an attempt at one of the targets that are not excluded, and returns its index or {@link #NONE}. */
        int begin(long excluded) {
            Choice choice = exchange.choice();
            long without = excluded | full;
            while (true) {
                long ticket = choice.begin(
                        now,
                        exchange.home().loop().random(),
                        without,
                        exchange.endpoint().protocol(),
                        0,
                        exchange.affinity());
                if (ticket == 0) {
                    return NONE;
                }
                int target = Choice.index(ticket);
                if (enter(choice.of(ticket), ticket, target)) {
                    return target;
                }
                choice.of(ticket).health().dropped(ticket, now);
                without |= 1L << target;
            }
        }

        /** Takes a key and room for it; with several keys, the next one's when one has none. */
        private boolean enter(Candidate chosen, long ticket, int target) {
            Claims claims = exchange.claims();
            Bounds bounds = claims.bounds();
            boolean others = unbound && bounds.line().size() > 0;
            for (int tries = bounds.credentials(target); tries > 0; tries--) {
                int credential = chosen.credentials().take(now, exchange.affinity());
                if (credential == CredentialHealth.NOT_NOW) {
                    return false;
                }
                Crossing crossing =
                        others ? null : bounds.of(target, credential).enter(claims.tokens(target), now);
                if (crossing != null) {
                    exchange.attempt(new Attempt(exchange, chosen, ticket, credential, crossing));
                    return true;
                }
                full |= 1L << target;
            }
            return false;
        }
    }

    private static Failure limited(Exchange exchange, long wait) {
        return limited(exchange, Duration.ofNanos(Math.max(1, wait)), "the relay's own view of what the targets bear");
    }

    private static Failure limited(Exchange exchange, @Nullable Duration wait, @Nullable String detail) {
        return new Failure(
                Kind.UPSTREAM_RATE_LIMITED,
                null,
                "upstream_rate_limited",
                "model '" + exchange.asked().model()
                        + "': the limits of all its providers are reached. Try again later",
                wait,
                detail);
    }

    private static Failure unavailable(Exchange exchange, Refusal refusal) {
        Duration wait = refusal.waitNanos() == 0 ? null : Duration.ofNanos(refusal.waitNanos());
        if (refusal.why() == Why.PARKED) {
            return limited(exchange, wait, refusal.reason());
        }
        return new Failure(
                Kind.UNAVAILABLE,
                null,
                "no_target_available",
                "model '" + exchange.asked().model() + "': none of its providers can be asked now. Try again later",
                wait,
                refusal.reason());
    }
}
