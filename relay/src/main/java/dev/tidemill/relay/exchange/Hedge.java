package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.choice.Hedging;
import dev.tidemill.core.route.Policy;
import dev.tidemill.wire.dialect.Asked;
import org.jspecify.annotations.Nullable;

/**
 * A second target asked beside the first, when that is silent for longer than it usually is. The first content of the two wins,
 * and the other is cancelled. Once for each exchange, and before the commit point only.
 */
final class Hedge {
    private static final Failure LOST =
            Failure.of(Kind.CLIENT_GONE, "hedged", "another target was faster; the request was cancelled here");

    private final Exchange exchange;
    private final Policy.Hedge terms;
    private boolean asked;
    private @Nullable Attempt second;

    Hedge(Exchange exchange, Policy.Hedge terms) {
        this.exchange = exchange;
        this.terms = terms;
        exchange.choice().hedging().asked(terms);
    }

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
    void await() {
        Attempt first = exchange.attempt();
        Hedging hedging = exchange.choice().hedging();
        long after = hedging.after(terms);
        if (asked || after == Hedging.UNKNOWN || !first.sent() || exchange.tries() != null) {
            return;
        }
        long now = System.nanoTime();
        long due = first.sentAt()
                + Math.min(after, exchange.watch().clocks().firstContent().toNanos() / 2);
        if (due - now > 0) {
            exchange.watch().wakeAt(due);
            return;
        }
        asked = true;
        if (hedging.take()) {
            Attempt other = new Choosing(exchange, now, true).begin(1L << first.index());
            if (other == null) {
                hedging.giveBack();
            } else {
                second = other;
                exchange.began();
                exchange.home().meters().attempts().hedged();
                other.askBeside();
            }
        }
    }

    /** Whether two are asked now. */
    boolean both() {
        return second != null;
    }

    /** Whether the second has its first content before the first; then it has taken the first's place. */
    boolean secondIsFirst() {
        Attempt winner = second;
        if (winner == null || !winner.ready()) {
            return false;
        }
        Attempt loser = exchange.attempt();
        loser.lost();
        exchange.failed(loser, LOST);
        exchange.home().meters().attempts().hedgeWon();
        replaceFirst(winner);
        return true;
    }

    /** The first was faster, or all is over. */
    void drop() {
        Attempt loser = second;
        second = null;
        if (loser != null) {
            exchange.failed(loser, LOST);
            loser.abandon();
        }
    }

    /** Whether it is the second, which is then as if it had never begun. */
    boolean withdraws(Attempt which) {
        if (which != second) {
            return false;
        }
        second = null;
        which.abandon();
        exchange.choice().hedging().giveBack();
        return true;
    }

    /** One of two has come to nothing; the other goes on. */
    void oneIsLeft(Attempt which, Failure reason) {
        Attempt other = second;
        exchange.failed(which, reason);
        if (which == other) {
            second = null;
            which.abandon();
        } else if (other != null) {
            exchange.home().meters().attempts().hedgeWon();
            replaceFirst(other);
            exchange.watch().start(Clock.FIRST_CONTENT, other.sent() ? other.sentAt() : System.nanoTime());
            exchange.resume();
        }
    }

    /** What one of two was told is the caller's to see, and nobody waits for the other. */
    void decidedBy(Attempt which) {
        if (which != second) {
            drop();
            return;
        }
        exchange.failed(exchange.attempt(), LOST);
        replaceFirst(which);
    }

    private void replaceFirst(Attempt winner) {
        second = null;
        exchange.replaceAttempt(winner);
        winner.takesOver();
    }
}
