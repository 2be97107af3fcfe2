package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.Failure.Next;
import dev.tidemill.core.route.Target;
import java.time.Duration;
import java.util.List;

/**
 * What follows a failed attempt, by the class of its failure: the table of docs/failures.md in force. Decided at once, so
 * that an error body of the provider's can still go to the caller when nothing follows.
 */
final class Recovery {
    /** A pause that the provider asks for and that is not worth leaving it for. */
    static final Duration SHORT_PAUSE = Duration.ofSeconds(5);
    /** Longer than this nobody is kept waiting by a pause; the caller is told it. */
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

    private static final Duration FIRST_BACKOFF = Duration.ofMillis(250);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(8);

    private Recovery() {}

    /** Plans the next attempt; false: there is none. */
    static boolean plan(Exchange exchange, Tries tries, Failure failure) {
        Next next = failure.kind().next();
        if (next == Next.STOP) {
            return false;
        }
        int target = exchange.attempt().index();
        if (next == Next.OTHER) {
            tries.leave(target);
        }
        int attempts = exchange.model().policy().retry().attempts();
        Duration pause = failure.retryAfter();
        boolean repeats = next != Next.OTHER && tries.asked(target) < attempts && mayWait(exchange, failure);
        boolean sameFirst = pause == null ? next == Next.SAME_FIRST : pause.compareTo(SHORT_PAUSE) <= 0;
        if (repeats && sameFirst && again(exchange, tries, target, pause)) {
            return true;
        }
        int other = other(exchange, tries, target, attempts);
        if (other >= 0) {
            tries.plan(other, System.nanoTime());
            return true;
        }
        return repeats && !sameFirst && again(exchange, tries, target, pause);
    }

    /** A batch waits out a provider's pause by itself, without holding one of its places. */
    private static boolean mayWait(Exchange exchange, Failure failure) {
        return exchange.downstream().live() || failure.kind() != Kind.UPSTREAM_RATE_LIMITED;
    }

    private static boolean again(
            Exchange exchange, Tries tries, int target, @org.jspecify.annotations.Nullable Duration pause) {
        long wait = backoff(exchange, tries.asked(target));
        if (pause != null) {
            if (pause.compareTo(LONGEST_PAUSE) > 0) {
                return false;
            }
            wait = Math.max(wait, pause.toNanos());
        }
        if (wait >= exchange.timeLeft()) {
            return false;
        }
        tries.plan(target, System.nanoTime() + wait);
        return true;
    }

    /** Full jitter: between nothing and what doubles with each try. */
    private static long backoff(Exchange exchange, int asked) {
        long most = Math.min(LONGEST_BACKOFF.toNanos(), FIRST_BACKOFF.toNanos() << Math.min(asked - 1, 10));
        return exchange.home().loop().random().nextLong(most);
    }

    private static int other(Exchange exchange, Tries tries, int target, int attempts) {
        List<Target> targets = exchange.model().targets();
        for (int i = 0; i < targets.size(); i++) {
            boolean fits =
                    targets.get(i).provider().protocol() == exchange.endpoint().protocol();
            if (i != target && fits && !tries.left(i) && tries.asked(i) < attempts) {
                return i;
            }
        }
        return -1;
    }
}
