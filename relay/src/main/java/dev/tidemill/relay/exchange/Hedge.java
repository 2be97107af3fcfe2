package dev.tidemill.relay.exchange;

import dev.tidemill.core.choice.Hedging;
import dev.tidemill.core.route.Policy;
import dev.tidemill.wire.dialect.Asked;

/** When a second target is asked beside the first, which is silent for longer than it usually is. */
final class Hedge {
    private Hedge() {}

    /** Whether the request may be asked twice at all: a live stream that nothing is remembered of, and no tool that acts. */
    static boolean allowed(Exchange exchange) {
        Asked asked = exchange.asked();
        Downstream downstream = exchange.downstream();
        return exchange.model().policy().hedge() != null
                && exchange.streams()
                && downstream.live()
                && exchange.choice().size() > 1
                && asked.state() == null
                && exchange.pin() == null
                && (asked.tools().isEmpty()
                        || !exchange.dialect()
                                .hostedTools(
                                        downstream.body(),
                                        downstream.bodyFrom() + asked.tools().from(),
                                        downstream.bodyFrom() + asked.tools().to()));
    }

    /** While the first content is waited for: asks the second target when it is time, or sees to be woken then. */
    static void watch(Exchange exchange, Policy.Hedge terms) {
        Attempt first = exchange.attempt();
        Hedging hedging = exchange.choice().hedging();
        long after = hedging.after(terms);
        if (after == Hedging.UNKNOWN || !first.sent() || exchange.tries() != null) {
            return;
        }
        long now = System.nanoTime();
        long due = first.sentAt()
                + Math.min(after, exchange.clocks().firstContent().toNanos() / 2);
        if (due - now > 0) {
            exchange.wakeAt(due);
        } else if (hedging.take()) {
            Attempt other = new Choosing(exchange, now, true).begin(1L << first.index());
            if (other == null) {
                hedging.giveBack();
            }
            exchange.askSecond(other);
        } else {
            exchange.askSecond(null);
        }
    }
}
