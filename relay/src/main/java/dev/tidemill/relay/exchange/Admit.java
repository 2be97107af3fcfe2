package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.limit.Allowance;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.limit.Shedding;
import dev.tidemill.relay.admission.Admissions;
import dev.tidemill.relay.meter.AdmissionMeters.Reason;
import dev.tidemill.wire.dialect.RequestException;
import java.time.Duration;

/**
 * May it come in? Our own load first, then what the key may do and what the model; whoever is stopped by their limits waits
 * in line, if that is known to be of use. Without such limits it passes with a few reads.
 */
final class Admit implements Phase {
    @Override
    public Step run(Exchange exchange) {
        Claims claims = exchange.claims();
        Entrance entrance = claims.entrance();
        if (entrance != null) {
            return begins(claims, entrance.step());
        }
        try {
            claims.priority(exchange.downstream().priority(), exchange.key().priority());
        } catch (RequestException e) {
            exchange.fail(Failure.invalid(e.param(), e.code(), e.getMessage()));
            return Step.FAIL;
        }
        if (sheds(exchange, claims.priority())) {
            return Step.FAIL;
        }
        Key key = exchange.key();
        boolean keyHasLimits = key.rpm() != 0 || key.tpm() != 0 || key.concurrency() != 0;
        if (!keyHasLimits && !exchange.model().limits().limits()) {
            return begins(claims, Step.NEXT);
        }
        Admissions admissions = exchange.home().admissions();
        Allowance own = keyHasLimits
                ? admissions.keys().of(key.id(), key.rpm(), key.tpm(), key.concurrency(), exchange.entered())
                : null;
        if (keyHasLimits && own == null) {
            exchange.home().admissionMeters().turnedAway(Reason.KEY_ROOM, claims.priority());
            exchange.fail(LimitRefusal.noRoom());
            return Step.FAIL;
        }
        entrance = new Entrance(
                exchange, own, admissions.models().find(exchange.model().name()), claims.tokens(0), claims.priority());
        claims.entrance(entrance);
        return begins(claims, entrance.step());
    }

    private static Step begins(Claims claims, Step step) {
        if (step == Step.NEXT) {
            claims.begin();
        }
        return step;
    }

    private static boolean sheds(Exchange exchange, Priority priority) {
        Shedding shedding = exchange.home().shedding();
        if (shedding.admits(priority, exchange.home().loop().random().nextDouble())) {
            return false;
        }
        exchange.home().admissionMeters().turnedAway(Reason.SHED, priority);
        exchange.fail(Failure.overloaded(
                "the relay has more to do than it can at the moment and lets the more important requests in first"
                        + " (this one is " + priority.word() + "). Try again later",
                Duration.ofNanos(shedding.retryAfterNanos(priority))));
        return true;
    }
}
