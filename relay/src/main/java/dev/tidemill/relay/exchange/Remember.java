package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.response.ResponseRecord;
import dev.tidemill.core.response.ResponseRecords;
import dev.tidemill.wire.dialect.Asked;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future.State;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Records where an answer is stored that its provider keeps, before the caller can know its id: what was told is found again,
 * also after the process was killed. The commit point has come and nothing has left, so only what waits for its first content
 * anyway waits here too, for one commit of the store. If that fails, or there is no room for an answer in the background, the
 * answer is not delivered, since its id would lead nowhere. If the answer breaks meanwhile, it is one that broke before anything had left, and its record is taken back.
 */
final class Remember implements Phase {
    @Override
    public Step run(Exchange exchange) {
        boolean deletes = exchange.endpoint() == Endpoint.DELETE_RESPONSE;
        if (!deletes && !keeps(exchange)) {
            return Step.NEXT;
        }
        Attempt attempt = exchange.attempt();
        CompletableFuture<?> durable = attempt.remembered();
        if (durable == null) {
            durable = deletes ? forget(exchange) : record(exchange, attempt);
            if (durable == null) {
                return Step.NEXT;
            }
            attempt.remembered(durable);
            durable.whenComplete((done, failed) -> exchange.resume());
        }
        if (!durable.isDone()) {
            return Step.WAIT;
        }
        if (!deletes && durable.state() != State.SUCCESS) {
            exchange.fail(unrecorded(durable));
            return Step.FAIL;
        }
        if (exchange.background()
                && !exchange.downstream().keep(attempt.recorded().id())) {
            exchange.fail(unkept());
            return Step.FAIL;
        }
        return Step.NEXT;
    }

    private static boolean keeps(Exchange exchange) {
        Asked.State state = exchange.asked().state();
        return state != null && (state.stored() || state.background()) && exchange.endpoint() == Endpoint.RESPONSES;
    }

    private static @Nullable CompletableFuture<?> record(Exchange exchange, Attempt attempt) {
        ResponseRecord stored = attempt.stored();
        if (stored == null) {
            return null;
        }
        ResponseRecords records = exchange.home().responses();
        CompletableFuture<?> before = exchange.forgetting();
        attempt.recorded(stored);
        return before == null ? records.record(stored) : then(before, () -> records.record(stored));
    }

    /**
     * Forgets a record that was begun for an answer that broke before any of it left: nobody knows its id. What the exchange
     * records next comes behind that, so that a provider that counts its ids, and so gives the same one again, does no harm.
     */
    static void undo(Exchange exchange, ResponseRecord recorded, CompletableFuture<?> durable) {
        ResponseRecords records = exchange.home().responses();
        exchange.forgetting(
                then(durable, () -> records.forget(recorded.organization(), recorded.project(), recorded.id())));
    }

    /** Whatever came of the first. */
    private static CompletableFuture<?> then(CompletableFuture<?> first, Supplier<CompletableFuture<?>> next) {
        return first.handle((done, failed) -> failed).thenCompose(ended -> next.get());
    }

    /** The provider has deleted it, or does not know it any more. */
    private static @Nullable CompletableFuture<?> forget(Exchange exchange) {
        int status = exchange.attempt().status();
        ResponseRecord gone = exchange.record();
        ResponseRecords records = exchange.home().responses();
        if (gone == null || (status >= 300 && status != 404)) {
            return null;
        }
        exchange.home().backgrounds().cancel(gone.organization(), gone.project(), gone.id());
        return records.forget(gone.organization(), gone.project(), gone.id());
    }

    private static Failure unrecorded(CompletableFuture<?> durable) {
        return Failure.of(
                        Kind.UNRECORDED,
                        "response_not_recorded",
                        "the answer was made, but where it is stored could not be recorded, so it was not delivered: its id"
                                + " would lead nowhere. It may have been billed. Send \"store\": false to do without, or try"
                                + " again later")
                .withDetail(String.valueOf(durable.exceptionNow().getMessage()));
    }

    private static Failure unkept() {
        return Failure.of(
                Kind.UNRECORDED,
                "response_not_kept",
                "there is no room to keep one more response while it is made, so it was given up before its id was told. It may"
                        + " have been billed. Leave \"background\" out, or try again later");
    }
}
