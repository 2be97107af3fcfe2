package dev.tidemill.relay.exchange;

import dev.tidemill.core.route.Policy;

/**
 * Waits for the commit point: the first content of a stream, or an answer that is whole. Until then nothing has left for
 * the caller, and a failure has a status of its own, unless the route opens its streams early.
 */
final class Await implements Phase {
    @Override
    public Step run(Exchange exchange) {
        Attempt attempt = exchange.attempt();
        if (attempt.replacesConnection()) {
            return Step.AGAIN;
        }
        if (attempt.ready() || exchange.secondIsFirst()) {
            exchange.dropSecond();
            return Step.NEXT;
        }
        Policy.Hedge terms = exchange.hedge();
        if (terms != null) {
            Hedge.watch(exchange, terms);
        }
        return Step.WAIT;
    }
}
