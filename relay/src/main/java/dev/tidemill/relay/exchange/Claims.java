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
        if (exchange.endpoint().byId()) {
            return 0; // it was counted when it was generated
        }
        Candidate candidate = exchange.choice().at(target);
        Asked asked = exchange.asked();
        long stated = asked.maxOutput() <= 0 ? 0 : (long) asked.maxOutput() * asked.choices();
        return TokenEstimate.of(
                TokenEstimate.input(
                        exchange.downstream().bodyTo() - exchange.downstream().bodyFrom()),
                candidate.target().context(),
                stated,
                bounds().output(target).mean());
    }

    /** The exchange is over, however it went. */
    void end() {
        TargetWait waits = wait;
        Entrance own = entrance;
        long now = waits == null && own == null ? 0 : System.nanoTime();
        if (waits != null) {
            wait = null;
            waits.giveUp(now);
        }
        Usage usage = exchange.usage();
        if (usage != null && exchange.failure() == null) {
            bounds().output(exchange.attempt().index()).add(usage.output());
        }
        if (own != null) {
            own.end(used(usage), now);
        }
    }

    /** Tokens, as far as anybody knows: none when nothing was sent, or the provider refused it; -1: not known. */
    private long used(@Nullable Usage usage) {
        if (usage != null) {
            return usage.total();
        }
        Attempt last = exchange.attemptOrNull();
        boolean generates = !exchange.endpoint().byId();
        boolean refused = last != null && last.status() >= 400 && !exchange.isBroken();
        boolean sent = exchange.sent() || exchange.tries() != null;
        return refused || !sent || !generates ? 0 : -1;
    }
}
