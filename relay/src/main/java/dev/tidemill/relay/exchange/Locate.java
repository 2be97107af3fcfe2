package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.response.ResponseRecord;
import dev.tidemill.wire.dialect.Asked;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future.State;
import org.jspecify.annotations.Nullable;

/**
 * Finds the record of the answer that a request goes on from or is about. Records are found by owner and id together, so
 * that another project's is not there at all.
 */
public final class Locate implements Phase {
    @Override
    public Step run(Exchange exchange) {
        String id = named(exchange);
        if (id == null || exchange.record() != null) {
            return Step.NEXT;
        }
        CompletableFuture<@Nullable ResponseRecord> lookup = exchange.lookup();
        if (lookup == null) {
            lookup = find(exchange, id);
            exchange.lookup(lookup);
            lookup.whenComplete((found, failed) -> exchange.resume());
        }
        if (!lookup.isDone()) {
            return Step.WAIT;
        }
        if (lookup.state() != State.SUCCESS) {
            exchange.fail(unavailable(lookup));
            return Step.FAIL;
        }
        ResponseRecord record = lookup.resultNow();
        if (record == null
                || !exchange.home().clock().instant().isBefore(record.expires())
                || !exchange.key().mayUse(record.model())) {
            exchange.fail(unknown(exchange));
            return Step.FAIL;
        }
        exchange.located(record);
        return Step.NEXT;
    }

    /** The id that is named; null: none, the usual case. */
    private static @Nullable String named(Exchange exchange) {
        if (exchange.endpoint().byId()) {
            return exchange.address().id();
        }
        Asked.State state = exchange.asked().state();
        return state == null ? null : state.previous();
    }

    private static CompletableFuture<@Nullable ResponseRecord> find(Exchange exchange, String id) {
        Key key = exchange.key();
        return id.length() > ResponseRecord.MAX_ID
                ? CompletableFuture.completedFuture(null)
                : exchange.home().responses().find(key.organization(), key.project(), id);
    }

    /** The same for an id that nobody has, somebody else has, has expired or is gone from the configuration. */
    static Failure unknown(Exchange exchange) {
        String id = named(exchange);
        return unknown(id, !exchange.endpoint().byId());
    }

    /** What is told of a response that is asked for by an id that nobody has, or somebody else. */
    public static Failure unknownResponse(String id) {
        return unknown(id, false);
    }

    private static Failure unknown(@Nullable String id, boolean follows) {
        return new Failure(
                Kind.NOT_FOUND,
                follows ? "previous_response_id" : "response_id",
                follows ? "previous_response_not_found" : "response_not_found",
                (follows ? "Previous response" : "Response") + " with id '" + shortened(id)
                        + "' not found (expected: one"
                        + " that this project was given in the last " + ResponseRecord.KEPT.toDays()
                        + " days, at a provider and credential still configured, and not deleted)"
                        + (follows ? ". Send the whole conversation instead" : ""),
                null,
                null);
    }

    private static String shortened(@Nullable String id) {
        return id == null || id.length() <= ResponseRecord.MAX_ID ? "" + id : id.substring(0, 64) + "…";
    }

    private static Failure unavailable(CompletableFuture<?> lookup) {
        return Failure.overloaded(
                        "where the response is stored could not be looked up. Try again in a moment",
                        Duration.ofSeconds(1))
                .withDetail(String.valueOf(lookup.exceptionNow().getMessage()));
    }
}
