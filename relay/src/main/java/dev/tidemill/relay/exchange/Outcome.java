package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.choice.Candidate;
import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.health.CredentialHealth;
import dev.tidemill.core.health.TargetHealth;
import dev.tidemill.relay.admission.Crossing;
import dev.tidemill.relay.meter.AttemptMeters;
import dev.tidemill.wire.http.Head;
import java.time.Duration;

/**
 * What one attempt says about its target, its key and its host, and the room at the target that it takes until it ends. However it
 * ends, that is said and counted once: what comes later changes nothing. Loop only.
 */
final class Outcome {
    private final Exchange exchange;
    private final Candidate chosen;
    private final int credential;
    private final Crossing crossing;
    private final int index;
    private long ticket;
    private boolean tooMany;
    private boolean counted;
    private boolean settled;

    /**
     * @param ticket of the attempt's beginning at the target's health, which it ends
     * @param credential the index of the provider's key, below 0: none
     * @param crossing its room at the target, which it leaves
     */
    Outcome(Exchange exchange, Candidate chosen, long ticket, int credential, Crossing crossing) {
        this.exchange = exchange;
        this.chosen = chosen;
        this.ticket = ticket;
        this.index = Choice.index(ticket);
        this.credential = credential;
        this.crossing = crossing;
    }

    /** The target's, among those of its choice. */
    int index() {
        return index;
    }

    void answerHead(Head head) {
        ExchangeLoop home = exchange.home();
        crossing.answerHead(head, home.rateLimitHeaders(), home.clock().millis());
        tooMany = head.status() == 529;
    }

    /**
     * The first content, or a whole answer.
     *
     * @param stream whether the time to it says something about the provider, and not about the answer's length
     */
    void firstContent(boolean stream, long now, long nanos) {
        chosen.credentials().worked(credential);
        if (exchange.endpoint().byId()) {
            return; // looking something up says nothing about generating
        }
        chosen.health().answered(ticket, nanos);
        if (stream) {
            crossing.firstContent(now, nanos);
        } else {
            crossing.answered(now);
        }
    }

    /** Whether the target wants to know how the answer goes on. */
    boolean watched() {
        return TargetHealth.watched(ticket);
    }

    /** An event more that is no ping, so long after the first content. */
    void comes(long now, long nanos) {
        chosen.health().comes(ticket, now, nanos);
    }

    /** The answer is whole, so long after the send. */
    void succeeded(long now, long nanos) {
        if (first()) {
            meters().succeeded();
        }
        if (exchange.endpoint().byId()) {
            drop(now);
        } else {
            chosen.health().succeeded(ended(), now, nanos);
        }
    }

    /** Nobody wants the answer any more, which says nothing. */
    void gaveUp(long now) {
        if (first()) {
            meters().gaveUp();
        }
        drop(now);
    }

    /** No connection: it says nothing about the target, but that its host is down. */
    void unreached(long now, String code) {
        if (ticket != 0) {
            chosen.host().refused(now, code);
        }
        drop(now);
    }

    /** It says nothing about the target. */
    void drop(long now) {
        chosen.health().dropped(ended(), now);
    }

    /** Whether its request may still be sent, after it waited. */
    boolean stillGoes(long now) {
        return chosen.health().stillGoes(ticket, now, exchange.choice().heedless());
    }

    /** Gives its room at the target back. */
    void leave(long now, long usedTokens) {
        crossing.leave(now, usedTokens);
    }

    /** What its failure says about target, key or host. */
    void failed(Failure failure) {
        if (settled) {
            return;
        }
        settled = true;
        long now = System.nanoTime();
        Kind kind = failure.kind();
        if (first()) {
            meters().failed(kind);
        }
        Duration pause = failure.retryAfter();
        long nanos = pause == null ? 0 : pause.toNanos();
        boolean unreached = kind == Kind.UPSTREAM_REFUSED || kind == Kind.UPSTREAM_CONNECT;
        if (exchange.endpoint().byId() && !unreached) {
            drop(now); // a provider that keeps nothing is none that does badly
            return;
        }
        if (kind == Kind.UPSTREAM_RATE_LIMITED || (tooMany && nanos > 0)) {
            crossing.refused(now, nanos);
        }
        String code = failure.code();
        switch (kind) {
            case UPSTREAM_REFUSED, UPSTREAM_CONNECT -> unreached(now, code);
            case UPSTREAM_RATE_LIMITED -> limited(now, nanos, code);
            case UPSTREAM_CREDENTIAL -> {
                chosen.credentials().refused(credential, now, code);
                drop(now);
            }
            case UPSTREAM_MODEL -> {
                if (exchange.model().wildcard()) {
                    drop(now); // whoever makes up names takes nothing out
                } else {
                    chosen.health().missing(ended(), now, code);
                }
            }
            default -> {
                if (kind.counts()) {
                    counts(now, nanos, code);
                } else {
                    drop(now);
                }
            }
        }
    }

    /** A pause is the key's where there are others, else the target's. */
    private void limited(long now, long nanos, String code) {
        boolean otherKeys = chosen.target().provider().keys().size() > 1;
        if (nanos > 0 && !otherKeys) {
            chosen.health().limited(ended(), now, nanos, code);
            return;
        }
        if (nanos > 0) {
            chosen.credentials().limited(credential, now, nanos, code);
        }
        drop(now);
    }

    private void counts(long now, long nanos, String code) {
        boolean open = ticket != 0;
        chosen.health().failed(ended(), now, code);
        if (open && nanos > 0) {
            chosen.health().pauses(now, nanos, code);
        }
    }

    /** Whether its key is set aside and another of the provider's is not. */
    boolean canChangeKey(long now) {
        CredentialHealth keys = chosen.credentials();
        return keys.leftOf(credential, now) > 0 && keys.available(now);
    }

    private AttemptMeters meters() {
        return exchange.home().meters().attempts();
    }

    /** Whether its end is still to be counted. */
    private boolean first() {
        boolean first = !counted;
        counted = true;
        return first;
    }

    private long ended() {
        long its = ticket;
        ticket = 0;
        return its;
    }
}
