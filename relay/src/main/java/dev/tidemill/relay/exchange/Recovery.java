package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.Failure.Next;
import dev.tidemill.core.choice.Candidate;
import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.health.Backoff;
import dev.tidemill.core.health.CredentialHealth;
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
        boolean sameFirst = pause == null ? next == Next.SAME_FIRST : pause.compareTo(SHORT_PAUSE) <= 0;
        if (sameFirst && mayWait(exchange, failure) && again(exchange, tries, target, nanos(pause))) {
            return true;
        }
        if (exchange.pin() == null && other(exchange, tries, target, failure.kind())) {
            return true;
        }
        return later(exchange, tries, target, failure);
    }

    /** Plans, when no other can be asked now, one that was asked already: the latest rather than those before it. */
    static boolean later(Exchange exchange, Tries tries, int latest, Failure failure) {
        if (!mayWait(exchange, failure)) {
            return false;
        }
        if (onceMore(exchange, tries, latest, nanos(failure.retryAfter()))) {
            return true;
        }
        for (long rest = tries.vain() & ~(1L << latest); rest != 0; rest &= rest - 1) {
            int before = Long.numberOfTrailingZeros(rest);
            if (onceMore(exchange, tries, before, 0)) {
                return true;
            }
        }
        return false;
    }

    /** After what this exchange or others were told to wait, of which a batch waits out the short only. */
    private static boolean onceMore(Exchange exchange, Tries tries, int target, long pause) {
        long aside = aside(exchange, target);
        boolean patient = exchange.downstream().live() || aside <= Math.max(pause, SHORT_PAUSE.toNanos());
        return patient && again(exchange, tries, target, Math.max(pause, aside));
    }

    /** Plans the same target at once, which refused the form of our request and not the caller's. */
    static boolean repeat(Exchange exchange, Tries tries) {
        int target = exchange.attempt().index();
        long now = System.nanoTime();
        if (tries.asked(target) >= exchange.model().policy().retry().attempts()
                || !exchange.choice().at(target).health().budget().take(now)) {
            return false;
        }
        tries.plan(target, now);
        return true;
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

    /** Whether it is the caller's to see, and nobody else is asked. */
    static boolean stops(Exchange exchange, Failure failure) {
        return next(failure.kind(), exchange.model().policy()) == Next.STOP;
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

    /** The same target after a pause and a back-off, if it may be asked then, as far as is known now. */
    private static boolean again(Exchange exchange, Tries tries, int target, long pause) {
        int asked = tries.asked(target);
        boolean usedUp =
                tries.left(target) || asked >= exchange.model().policy().retry().attempts();
        if (usedUp || pause > LONGEST_PAUSE.toNanos()) {
            return false;
        }
        long wait = Backoff.nanos(
                asked,
                pause,
                exchange.watch().timeLeft(),
                exchange.home().loop().random());
        long now = System.nanoTime();
        Choice choice = exchange.choice();
        Candidate at = choice.at(target);
        if (wait == Backoff.GIVE_UP
                || !at.open(now + wait, choice.heedless())
                || !at.health().budget().take(now)) {
            return false;
        }
        tries.plan(target, now + wait);
        return true;
    }

    /** How long it, or its key, is set aside yet. */
    private static long aside(Exchange exchange, int target) {
        long now = System.nanoTime();
        Candidate at = exchange.choice().at(target);
        Pin pin = exchange.pin();
        CredentialHealth keys = at.credentials();
        return Math.max(at.health().parked(now), pin == null ? keys.left(now) : keys.leftOf(pin.credential(), now));
    }

    private static long nanos(@Nullable Duration pause) {
        return pause == null ? 0 : pause.toNanos();
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
     * Another target that was not asked yet, and could be now. One that does well takes those that others failed, however
     * many: it is not what makes an outage worse. One that does not, only within its budget.
     */
    private static boolean other(Exchange exchange, Tries tries, int target, Kind kind) {
        long excluded = tries.vain();
        boolean larger =
                kind == Kind.CONTEXT_LENGTH && other(exchange, tries, excluded | notLarger(exchange.choice(), target));
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
