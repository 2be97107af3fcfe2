package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.choice.Candidate;
import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.choice.Refusal;
import dev.tidemill.core.choice.Refusal.Why;
import dev.tidemill.core.health.CredentialHealth;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Chooses the target, and the key for it, by health, priority, weight and load. Each attempt begins here. */
final class Pick implements Phase {
    @Override
    public Step run(Exchange exchange) {
        Attempt last = exchange.attemptOrNull();
        if (last != null && last.replacesConnection()) {
            return Step.NEXT; // same target, fresh connection
        }
        long now = System.nanoTime();
        Tries tries = exchange.tries();
        if (tries != null && tries.notBefore() - now > 0) {
            exchange.wakeAt(tries.notBefore());
            return Step.WAIT;
        }
        long left = tries == null ? 0 : tries.mask();
        Pin pin = exchange.pin();
        Attempt begun = pin != null
                ? pin.attempt(exchange, now)
                : tries == null ? another(exchange, now, 0) : planned(exchange, tries, now);
        if (begun != null) {
            exchange.attempt(begun);
            return Step.NEXT;
        }
        if (pin != null) {
            return pin.notNow(exchange, now);
        }
        Refusal refusal =
                exchange.choice().refusal(now, left, exchange.endpoint().protocol(), 0);
        long wait = refusal.waitNanos();
        boolean worthWaiting = refusal.why() == Why.PARKED
                && wait <= Recovery.LONGEST_PAUSE.toNanos()
                && wait < exchange.timeLeft()
                && (exchange.downstream().live() || (tries != null && wait <= Recovery.SHORT_PAUSE.toNanos()));
        if (worthWaiting) {
            exchange.wakeAt(now + wait);
            return Step.WAIT;
        }
        exchange.fail(tries == null ? unavailable(exchange, refusal) : tries.last());
        return Step.FAIL;
    }

    private static @Nullable Attempt planned(Exchange exchange, Tries tries, long now) {
        Attempt same = another(exchange, now, ~(1L << tries.next()));
        return same == null ? another(exchange, now, tries.mask()) : same;
    }

    /** Begins an attempt at one of the targets that are not excluded; null: none may be asked now. */
    static @Nullable Attempt another(Exchange exchange, long now, long excluded) {
        Choice choice = exchange.choice();
        long without = excluded;
        while (true) {
            long ticket = choice.begin(
                    now,
                    exchange.home().loop().random(),
                    without,
                    exchange.endpoint().protocol(),
                    0,
                    exchange.affinity());
            if (ticket == 0) {
                return null;
            }
            Candidate chosen = choice.of(ticket);
            int credential = chosen.credentials().take(now, exchange.affinity());
            if (credential != CredentialHealth.NOT_NOW) {
                return new Attempt(exchange, chosen, ticket, credential);
            }
            chosen.health().dropped(ticket, now);
            without |= 1L << Choice.index(ticket);
        }
    }

    private static Failure unavailable(Exchange exchange, Refusal refusal) {
        Kind kind = switch (refusal.why()) {
            case PARKED -> Kind.UPSTREAM_RATE_LIMITED;
            case OUT -> Kind.TAKEN_OUT;
            case DOWN, ALL_TRIED, NONE_FITS -> Kind.UNAVAILABLE;
        };
        return new Failure(
                kind,
                null,
                switch (kind) {
                    case UPSTREAM_RATE_LIMITED -> "upstream_rate_limited";
                    case TAKEN_OUT -> "targets_taken_out";
                    default -> "no_target_available";
                },
                "model '" + exchange.asked().model() + "': "
                        + switch (kind) {
                            case UPSTREAM_RATE_LIMITED -> "the limits of all its providers are reached";
                            case TAKEN_OUT ->
                                "its providers refuse the relay's credentials or do not know the model; the operator has the details in the log";
                            default -> "none of its providers can be asked now";
                        }
                        + ". Try again later",
                refusal.waitNanos() == 0 ? null : Duration.ofNanos(refusal.waitNanos()),
                refusal.reason());
    }
}
