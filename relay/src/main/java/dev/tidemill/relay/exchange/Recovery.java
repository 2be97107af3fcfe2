package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.Failure.Next;
import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.health.Backoff;
import dev.tidemill.core.health.State;
import dev.tidemill.core.health.TargetHealth;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Policy.ContentPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What follows a failed attempt, by the class of its failure: the table of docs/failures.md in force. Decided at once, so
 * that an error body of the provider's can still go to the caller when nothing follows.
 */
final class Recovery {
    /** A pause that the provider asks for and that is not worth leaving it for. */
    static final Duration SHORT_PAUSE = Duration.ofSeconds(5);
    /** Longer than this nobody is kept waiting by a pause; the caller is told it. */
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

    private Recovery() {}

    /** Plans the next attempt; false: there is none. */
    static boolean plan(Exchange exchange, Tries tries, Failure failure) {
        Next next = next(failure.kind(), exchange.model().policy());
        boolean lockedOut = exchange.pin() != null && failure.kind() == Kind.UPSTREAM_CREDENTIAL;
        if (next == Next.STOP || lockedOut) {
            return false;
        }
        int target = exchange.attempt().index();
        int attempts = exchange.model().policy().retry().attempts();
        if (exchange.pin() == null && tries.asked(target) < attempts && otherKey(exchange, failure.kind())) {
            tries.plan(target, System.nanoTime());
            return true;
        }
        if (next == Next.OTHER || tries.asked(target) >= attempts) {
            tries.leave(target);
        }
        Duration pause = failure.retryAfter();
        boolean repeats = !tries.left(target) && mayWait(exchange, failure);
        boolean sameFirst = pause == null ? next == Next.SAME_FIRST : pause.compareTo(SHORT_PAUSE) <= 0;
        if (repeats && sameFirst && again(exchange, tries, target, pause)) {
            return true;
        }
        if (exchange.pin() == null && other(exchange, tries, target, failure.kind())) {
            return true;
        }
        return repeats && !sameFirst && again(exchange, tries, target, pause);
    }

    /** Whether only the key was refused, and the same target can be asked with another one now. */
    private static boolean otherKey(Exchange exchange, Kind kind) {
        long now = System.nanoTime();
        return (kind == Kind.UPSTREAM_RATE_LIMITED || kind == Kind.UPSTREAM_CREDENTIAL)
                && exchange.attempt().outcome().canChangeKey(now)
                && mayBeAsked(exchange.attempt().health(), now);
    }

    /** One that does well is not what an outage makes worse, so its budget is for those that do not. */
    private static boolean mayBeAsked(TargetHealth health, long now) {
        return health.state(now).state() == State.HEALTHY || health.budget().take(now);
    }

    private static Next next(Kind kind, Policy policy) {
        Next declared = kind.next();
        if (declared != Next.OTHER_IF_ROUTE_SAYS) {
            return declared;
        }
        return policy.contentPolicy() == ContentPolicy.FAILOVER ? Next.OTHER : Next.STOP;
    }

    /** A batch waits out a provider's pause by itself, without holding one of its places. */
    private static boolean mayWait(Exchange exchange, Failure failure) {
        return exchange.downstream().live() || failure.kind() != Kind.UPSTREAM_RATE_LIMITED;
    }

    private static boolean again(Exchange exchange, Tries tries, int target, @Nullable Duration pause) {
        long now = System.nanoTime();
        if (pause != null && pause.compareTo(LONGEST_PAUSE) > 0) {
            return false;
        }
        long wait = Backoff.nanos(
                tries.asked(target),
                pause == null ? 0 : pause.toNanos(),
                exchange.watch().timeLeft(),
                exchange.home().loop().random());
        if (wait == Backoff.GIVE_UP
                || !exchange.choice().at(target).health().budget().take(now)) {
            return false;
        }
        tries.plan(target, now + wait);
        return true;
    }

    private static int find(Exchange exchange, long now, long excluded) {
        return exchange.choice()
                .find(
                        now,
                        exchange.home().loop().random(),
                        excluded,
                        exchange.endpoint().protocol(),
                        0,
                        exchange.affinity());
    }

    /** A bit for each target that is not declared to hold more than this one. */
    private static long notLarger(Choice choice, int target) {
        long its = choice.at(target).target().context();
        long mask = 0;
        for (int i = 0; i < choice.size(); i++) {
            mask |= choice.at(i).target().context() > its ? 0 : 1L << i;
        }
        return mask;
    }

    /**
     * Another target that could be asked now. One that does well takes those that others failed, however many: it is not
     * what makes an outage worse. One that does not, only within its budget.
     */
    private static boolean other(Exchange exchange, Tries tries, int target, Kind kind) {
        long excluded = tries.mask() | 1L << target;
        boolean larger = kind == Kind.CONTEXT_LENGTH
                && other(exchange, tries, excluded | notLarger(exchange.choice(), target));
        return larger || other(exchange, tries, excluded);
    }

    private static boolean other(Exchange exchange, Tries tries, long excluded) {
        long now = System.nanoTime();
        long without = excluded;
        for (int next; (next = find(exchange, now, without)) >= 0; without |= 1L << next) {
            if (mayBeAsked(exchange.choice().at(next).health(), now)) {
                tries.plan(next, now);
                return true;
            }
        }
        return false;
    }
}
