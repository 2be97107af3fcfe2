package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.limit.Admission;
import dev.tidemill.core.limit.Allowance;
import dev.tidemill.core.limit.Cause;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.limit.Ticket.State;
import dev.tidemill.relay.admission.Admissions;
import dev.tidemill.relay.admission.KeyLines;
import dev.tidemill.relay.meter.AdmissionMeters;
import dev.tidemill.relay.meter.AdmissionMeters.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One exchange's way through the limits of its key: at once, after a wait in line, or not at all. */
final class Entrance {
    /** How long one waits for somebody to leave: nobody knows when that will be. */
    private static final long PATIENCE = 30_000_000_000L;
    /** A wait that is known beforehand is told rather than made when it is longer than this. */
    private static final long KNOWN_WAIT = 10_000_000_000L;

    private final Exchange exchange;
    private final Admissions admissions;
    private final Key key;
    private final Allowance allowance;
    private final Admission admission;
    private final Priority priority;
    private @Nullable Place place;

    Entrance(Exchange exchange, Allowance allowance, long tokens, Priority priority) {
        this.exchange = exchange;
        this.admissions = exchange.home().admissions();
        this.key = exchange.key();
        this.allowance = allowance;
        this.admission = new Admission(allowance, null, tokens); // models have no limits in the configuration
        this.priority = priority;
    }

    /** The key's allowance, for what the caller is told of it. */
    Allowance allowance() {
        return allowance;
    }

    /** How far it has come; to be asked again whenever the exchange is resumed. */
    Step step() {
        Place stands = place;
        if (stands == null) {
            long now = System.nanoTime();
            if (admissions.keyLines().tryPass(key.id(), admission, now)) {
                return Step.NEXT;
            }
            stands = place = join(now);
            exchange.claims().stood(stands);
        }
        State state = stands.state();
        if (state == State.GRANTED) {
            return Step.NEXT;
        }
        if (state == State.WAITING) {
            return Step.WAIT;
        }
        exchange.fail(refusal(stands.retryAfterNanos()));
        return Step.FAIL;
    }

    private Place join(long now) {
        admission.waitFor(now);
        Cause cause = admission.cause();
        long patience = cause == null || cause == Cause.CONCURRENCY ? PATIENCE : KNOWN_WAIT;
        KeyLines.Joined joined = admissions
                .keyLines()
                .join(
                        key.id(),
                        priority,
                        admission,
                        Math.min(patience, exchange.timeLeft()),
                        exchange.home().loop().eventLoop(),
                        exchange,
                        now);
        return new Place(
                exchange.home().admissionMeters(), AdmissionMeters.Line.KEY, priority, joined.line(), joined.ticket());
    }

    private Failure refusal(long wait) {
        long now = System.nanoTime();
        admission.waitFor(now); // which limit it is now
        Cause cause = admission.cause();
        Reason reason = switch (cause) {
            case REQUESTS -> Reason.KEY_REQUESTS;
            case TOKENS -> Reason.KEY_TOKENS;
            case CONCURRENCY -> Reason.KEY_CONCURRENCY;
            case ROOM -> Reason.KEY_ROOM;
            case null -> Reason.KEY_LINE;
        };
        exchange.home().admissionMeters().turnedAway(reason, priority);
        return KeyRefusal.of(
                key,
                allowance,
                cause,
                admission.reserved(),
                admissions.keyLines().waiting(key.id()),
                Duration.ofNanos(wait),
                now);
    }

    /**
     * The exchange is over, however: gives back what it took, or its place in line.
     *
     * @param used tokens
     */
    void end(long used, long now) {
        Place stands = place;
        if (stands != null) {
            stands.giveUp(now);
        }
        if (admission.entered()) {
            admission.settle(now, used);
            admission.leave(now);
            admissions.keyLines().advance(key.id(), now);
        }
    }
}
