package dev.tidemill.relay.exchange;

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
        if (attempt.ready()) {
            exchange.dropHedge();
            return Step.NEXT;
        }
        Hedge hedge = exchange.hedge();
        if (hedge != null) {
            if (hedge.secondIsFirst()) {
                return Step.NEXT;
            }
            hedge.await();
        }
        return Step.WAIT;
    }
}
