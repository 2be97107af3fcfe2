package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.limit.Admission;
import dev.tidemill.core.limit.Allowance;
import dev.tidemill.core.limit.Cause;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.limit.Ticket.State;
import dev.tidemill.core.route.Policy;
import dev.tidemill.relay.admission.Admissions;
import dev.tidemill.relay.admission.EntranceLines;
import dev.tidemill.relay.meter.AdmissionMeters;
import dev.tidemill.relay.meter.AdmissionMeters.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One exchange's way through the limits of its key and its model: at once, after a wait in line, or not at all. */
final class Entrance {
    private final Exchange exchange;
    private final Admissions admissions;
    private final Key key;
    private final @Nullable Allowance own;
    private final @Nullable String model;
    private final Admission admission;
    private final Priority priority;
    private @Nullable Place place;

    /**
     * @param own the key's limits; null: it has none
     * @param shared the model's; null: it has none
     */
    Entrance(Exchange exchange, @Nullable Allowance own, @Nullable Allowance shared, long tokens, Priority priority) {
        this.exchange = exchange;
        this.admissions = exchange.home().admissions();
        this.key = exchange.key();
        this.own = own;
        this.model = shared == null ? null : shared.id();
        this.admission = new Admission(own, shared, tokens);
        this.priority = priority;
    }

    /** The key's allowance, for what the caller is told of it; null: it has no limits. */
    @Nullable
    Allowance allowance() {
        return own;
    }

    /** How far it has come; to be asked again whenever the exchange is resumed. */
    Step step() {
        Place stands = place;
        if (stands == null) {
            long now = exchange.entered();
            if (admissions.entranceLines().tryPass(key.id(), model, admission, now)) {
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
        Policy.Queue queue = exchange.model().policy().queue();
        Duration patience = cause == null || cause == Cause.CONCURRENCY ? queue.maxWait() : queue.knownWait();
        EntranceLines.Joined joined = admissions
                .entranceLines()
                .join(
                        key.id(),
                        own != null,
                        model,
                        priority,
                        admission,
                        Math.min(patience.toNanos(), exchange.watch().timeLeft()),
                        exchange.home().loop().eventLoop(),
                        exchange,
                        now);
        return new Place(
                exchange.home().admissionMeters(),
                model == null ? AdmissionMeters.Line.KEY : AdmissionMeters.Line.MODEL,
                priority,
                joined.line(),
                joined.ticket());
    }

    private Failure refusal(long wait) {
        long now = System.nanoTime();
        admission.waitFor(now); // which limit it is now
        Cause cause = admission.cause();
        boolean keys = cause == null ? model == null : admission.own();
        exchange.home().admissionMeters().turnedAway(reason(cause, keys), priority);
        String whose = keys ? "the key '" + key.name() + "'" : "the model '" + model + "'";
        int waiting = admissions.entranceLines().waiting(key.id(), model);
        Duration told = Duration.ofNanos(wait);
        return cause == null
                ? LimitRefusal.behind(whose, waiting, told)
                : LimitRefusal.of(whose, admission.refusedBy(), cause, admission.reserved(), waiting, told, now);
    }

    private static Reason reason(@Nullable Cause cause, boolean keys) {
        return switch (cause) {
            case REQUESTS -> keys ? Reason.KEY_REQUESTS : Reason.MODEL_REQUESTS;
            case TOKENS -> keys ? Reason.KEY_TOKENS : Reason.MODEL_TOKENS;
            case CONCURRENCY -> keys ? Reason.KEY_CONCURRENCY : Reason.MODEL_CONCURRENCY;
            case ROOM -> Reason.KEY_ROOM;
            case null -> keys ? Reason.KEY_LINE : Reason.MODEL_LINE;
        };
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
            admissions.entranceLines().advance(key.id(), model, now);
        }
    }
}
