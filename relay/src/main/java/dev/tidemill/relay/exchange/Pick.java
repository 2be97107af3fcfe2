package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.choice.Refusal;
import dev.tidemill.core.choice.Refusal.Why;
import dev.tidemill.core.limit.Ticket.State;
import dev.tidemill.relay.meter.AdmissionMeters.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Each attempt begins here, at a target and with a key for it by {@link Choosing}. When those that could be asked bear no more,
 * the exchange stands in line for any of them.
 */
final class Pick implements Phase {
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
                return limited(exchange, wait);
            }
            Attempt begun = Choosing.granted(exchange, wait, now);
            if (begun != null) {
                exchange.attempt(begun);
                return Step.NEXT;
            }
        }
        Tries tries = exchange.tries();
        if (tries != null && tries.notBefore() - now > 0) {
            exchange.watch().wakeAt(tries.notBefore());
            return Step.WAIT;
        }
        long ruledOut = tries == null ? 0 : tries.mask();
        Choosing choosing = new Choosing(exchange, now, ruledOut == 0);
        Attempt begun = tries == null ? choosing.begin(0) : planned(choosing, tries);
        if (begun != null) {
            exchange.attempt(begun);
            return Step.NEXT;
        }
        if (choosing.full() != 0) {
            return line(exchange, ruledOut, now);
        }
        Pin pin = exchange.pin();
        if (pin != null) {
            return pin.notNow(exchange, now);
        }
        if (tries != null && Recovery.later(exchange, tries, tries.next(), tries.last())) {
            return run(exchange);
        }
        Refusal refusal =
                exchange.choice().refusal(now, ruledOut, exchange.endpoint().protocol(), 0);
        long parked = refusal.waitNanos();
        boolean worthWaiting = refusal.why() == Why.PARKED
                && parked <= Recovery.LONGEST_PAUSE.toNanos()
                && parked < exchange.watch().timeLeft()
                && (exchange.downstream().live() || (tries != null && parked <= Recovery.SHORT_PAUSE.toNanos()));
        if (worthWaiting) {
            return line(exchange, ruledOut, now);
        }
        exchange.fail(tries == null ? unavailable(exchange, refusal) : tries.last());
        return Step.FAIL;
    }

    /** Stands in line for those of its targets that bear no more or have asked for a pause. */
    private Step line(Exchange exchange, long ruledOut, long now) {
        exchange.claims().targetWait(TargetWait.join(exchange, ruledOut, now));
        return run(exchange);
    }

    private static @Nullable Attempt planned(Choosing choosing, Tries tries) {
        Attempt same = choosing.begin(~(1L << tries.next()));
        return same == null ? choosing.begin(tries.vain() | 1L << tries.next()) : same;
    }

    /** Its place in line came to nothing. */
    private static Step limited(Exchange exchange, TargetWait wait) {
        Claims claims = exchange.claims();
        Tries tries = exchange.tries();
        exchange.home().admissionMeters().turnedAway(Reason.UPSTREAM, claims.priority());
        exchange.fail(
                tries != null
                        ? tries.last()
                        : unavailable(
                                exchange,
                                new Refusal(
                                        Why.PARKED,
                                        Math.max(1, wait.retryAfterNanos()),
                                        "as the relay has learned them or the configuration sets them; no place in time in the line for them")));
        return Step.FAIL;
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
                            case UPSTREAM_RATE_LIMITED -> "all its providers have reached a limit or asked for a pause";
                            case TAKEN_OUT ->
                                "its providers refuse the relay's credentials or do not know the model; the operator has the details in the log";
                            default -> "none of its providers can be asked now";
                        }
                        + ". Try again later",
                refusal.waitNanos() == 0 ? null : Duration.ofNanos(refusal.waitNanos()),
                refusal.reason());
    }
}
