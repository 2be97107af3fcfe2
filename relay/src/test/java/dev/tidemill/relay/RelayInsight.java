package dev.tidemill.relay;

import dev.tidemill.core.health.TargetState;
import dev.tidemill.simulator.relayed.Insight;

/** What a relay tells whoever plays the fault table against it. */
record RelayInsight(Relay relay, String first) implements Insight {
    @Override
    public long running() {
        return relay.running();
    }

    @Override
    public long memory() {
        return relay.memory().used();
    }

    @Override
    public int idle() {
        return relay.pools().stream()
                .filter(pool -> pool.provider().equals(first))
                .mapToInt(Relay.PoolState::idle)
                .sum();
    }

    @Override
    public int failures() {
        return relay.health().targets(System.nanoTime()).stream()
                .filter(target -> target.provider().equals(first))
                .mapToInt(TargetState::failures)
                .sum();
    }

    @Override
    public long droppedEvents() {
        return relay.meters().droppedEvents();
    }

    @Override
    public long statedTokens() {
        return relay.meters().inputTokens() + relay.meters().outputTokens();
    }
}
