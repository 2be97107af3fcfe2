package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.wire.dialect.Asked;

/**
 * Makes a response for the background out of one in the foreground: the wish is taken out of the request, the provider is
 * asked for a stream, and what comes is kept for whoever asks for it by the response's id. So it is the same with every
 * provider, whether or not it has a background of its own.
 */
final class Background implements Phase {
    @Override
    public Step run(Exchange exchange) {
        Asked asked = exchange.asked();
        Asked.State state = asked.state();
        if (state == null || !state.background() || exchange.background()) {
            return Step.NEXT;
        }
        if (!exchange.downstream().live()) {
            exchange.fail(
                    Failure.invalid(
                            "background",
                            "invalid_value",
                            "background: true in a batch (expected: false or nothing, since a batch is in the background itself)"));
            return Step.FAIL;
        }
        exchange.intoBackground(exchange.home().backgrounds().downstream(exchange, asked.stream()));
        return Step.NEXT;
    }
}
