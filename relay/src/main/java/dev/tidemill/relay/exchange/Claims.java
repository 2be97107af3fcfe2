package dev.tidemill.relay.exchange;

import dev.tidemill.core.choice.Candidate;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.limit.TokenEstimate;
import dev.tidemill.relay.admission.Bounds;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.Asked;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one exchange holds of what is limited: its key's admission, and its place in a line. Loop only. */
final class Claims {
    private final Exchange exchange;
    private @Nullable Priority priority;
    private @Nullable Priority lowered;
    private @Nullable Entrance entrance;
    private @Nullable TargetWait wait;
    private @Nullable Bounds bounds;
    private int position = -1;
    private boolean letIn;
    private boolean runs;

    Claims(Exchange exchange) {
        this.exchange = exchange;
    }

    /** Null: it is not known yet. */
    @Nullable
    Priority priorityOrNull() {
        return priority;
    }

    Priority priority() {
        return Objects.requireNonNull(priority);
    }

    /**
     * @param wished null: nothing was said
     * @param highest that its key may ask for: more is lowered to it, since the same program may run under any key
     */
    void priority(@Nullable Priority wished, Priority highest) {
        priority = (wished == null ? Priority.NORMAL : wished).atMost(highest);
        lowered = priority == wished ? null : wished;
    }

    /** What it was before it was lowered; null: it was not. */
    @Nullable
    Priority lowered() {
        return lowered;
    }

    @Nullable
    Entrance entrance() {
        return entrance;
    }

    void entrance(Entrance own) {
        entrance = own;
    }

    /** It has been let in, and is work for its loop from now on. */
    void begin() {
        letIn = true;
        runs = true;
        exchange.home().shedding().began();
    }

    /** The caller has been told how it ended. */
    void told() {
        if (!letIn) {
            exchange.home().shedding().refused(exchange.restless(), System.nanoTime());
        }
    }

    /** How many were to go before it in the line in which it waited last; below 0: it did not wait. */
    int position() {
        return position;
    }

    void stood(Place place) {
        if (place.position() >= 0) {
            position = place.position();
        }
    }

    /** Its wait for a target, if it waits or has waited for the attempt to come. */
    @Nullable
    TargetWait targetWait() {
        return wait;
    }

    void targetWait(@Nullable TargetWait next) {
        wait = next;
    }

    /** What its targets bear. */
    Bounds bounds() {
        Bounds known = bounds;
        if (known == null) {
            known = bounds = exchange.home().bounds(exchange.choice());
        }
        return known;
    }

    /** What it is taken to cost at a target, until it is known. */
    long tokens(int target) {
        if (!exchange.endpoint().spends()) {
            return 0; // what is by id was counted when it was generated
        }
        boolean generates = exchange.endpoint().generates();
        Candidate candidate = exchange.choice().at(target);
        Asked asked = exchange.asked();
        long stated = !generates || asked.maxOutput() <= 0 ? 0 : (long) asked.maxOutput() * asked.choices();
        return TokenEstimate.of(
                TokenEstimate.input(
                        exchange.downstream().bodyTo() - exchange.downstream().bodyFrom()),
                candidate.target().context(),
                stated,
                generates ? bounds().output(target).mean() : 0);
    }

    /** Tokens of the input at a target, by its length. */
    long input(int target) {
        int bytes = exchange.downstream().bodyTo() - exchange.downstream().bodyFrom();
        return TokenEstimate.of(
                TokenEstimate.input(bytes),
                exchange.choice().at(target).target().context(),
                0,
                0);
    }

    /**
     * The exchange is over, however it went.
     *
     * @param tokens that all its attempts cost, as far as anybody can tell
     */
    void end(long tokens) {
        if (runs) {
            runs = false;
            exchange.home().shedding().ended();
        }
        TargetWait waits = wait;
        Entrance own = entrance;
        long now = exchange.entered(); // the last phase's, which is told by the clock
        if (waits != null) {
            wait = null;
            waits.giveUp(now);
        }
        Usage usage = exchange.usage();
        if (usage != null && exchange.failure() == null) {
            bounds().output(exchange.attempt().index()).add(usage.output());
        }
        if (own != null) {
            own.end(tokens, now);
        }
    }
}
