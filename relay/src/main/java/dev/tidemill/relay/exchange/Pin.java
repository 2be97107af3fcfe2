package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.choice.Candidate;
import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.health.CredentialHealth;
import dev.tidemill.core.response.ResponseRecord;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The one target, and the one key of its provider, that hold what a request goes on from. No other is ever asked: it would
 * not know the id, or worse, know another answer under it.
 *
 * @param index of the target in the exchange's choice
 * @param credential index of the key, {@link CredentialHealth#NOT_NEEDED} where none is sent
 */
record Pin(ResponseRecord record, int index, int credential) {
    /** Where a record points to among the targets of a model; null: none of them is at that provider with that key. */
    static @Nullable Pin of(Choice choice, ResponseRecord record) {
        Pin near = null;
        for (int i = 0; i < choice.size(); i++) {
            Candidate candidate = choice.at(i);
            Integer credential = candidate.target().provider().name().equals(record.provider())
                    ? candidate.credentials().indexOf(record.credential())
                    : null;
            if (credential != null) {
                Pin pin = new Pin(record, i, credential);
                if (candidate.model().equals(record.upstreamModel())) {
                    return pin;
                }
                near = near == null ? pin : near; // an account's answers can be gone on from with any of its models
            }
        }
        return near;
    }

    /** A bit for each target that is another. */
    long elsewhere() {
        return ~(1L << index);
    }

    /** Waits for a short pause to end; otherwise the caller is told, since nobody else can answer. */
    Step notNow(Exchange exchange, long now) {
        long left = exchange.choice().at(index).leftWith(credential, now);
        boolean worthWaiting = left > 0
                && left <= Recovery.LONGEST_PAUSE.toNanos()
                && left < exchange.watch().timeLeft()
                && exchange.downstream().live();
        if (worthWaiting) {
            exchange.watch().wakeAt(now + left);
            return Step.WAIT;
        }
        Tries tries = exchange.tries();
        exchange.fail(tries == null ? unavailable(left) : tries.last());
        return Step.FAIL;
    }

    private Failure unavailable(long left) {
        return new Failure(
                Kind.UNAVAILABLE,
                null,
                "no_target_available",
                "the provider that holds response '" + record.id()
                        + "' cannot be asked now, and no other can go on from it. Try again later, or send the whole"
                        + " conversation without previous_response_id",
                Duration.ofNanos(Math.max(1, left)),
                record.provider() + "/" + record.upstreamModel());
    }
}
