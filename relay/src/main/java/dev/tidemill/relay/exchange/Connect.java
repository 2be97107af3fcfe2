package dev.tidemill.relay.exchange;

/** Takes a connection to the target out of the loop's pool, or waits for one. */
final class Connect implements Phase {
    @Override
    public Step run(Exchange exchange) {
        Attempt attempt = exchange.attempt();
        if (attempt.connection() != null || attempt.takeConnection()) {
            return Step.NEXT;
        }
        if (!attempt.waitsForConnection()) {
            exchange.watch().start(Clock.CONNECT);
            attempt.waitForConnection();
        }
        return exchange.failure() == null ? Step.WAIT : Step.FAIL;
    }
}
