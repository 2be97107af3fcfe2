package dev.tidemill.relay.exchange;

/**
 * The answer leaves. This phase commits it and waits for its end; what comes in between goes from the upstream's read to
 * the downstream's write inside the {@link Answer}, without a turn through the phases.
 */
final class Deliver implements Phase {
    @Override
    public Step run(Exchange exchange) {
        Attempt attempt = exchange.attempt();
        attempt.commit();
        return attempt.delivered() ? Step.NEXT : exchange.failure() == null ? Step.WAIT : Step.FAIL;
    }
}
