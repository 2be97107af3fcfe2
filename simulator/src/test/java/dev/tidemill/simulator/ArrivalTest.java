package dev.tidemill.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.simulator.relayed.Api;
import dev.tidemill.simulator.relayed.Caller;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ArrivalTest {
    @Test
    void whoWatchesIsToldOfEachRequestBeforeItsAnswer() throws Exception {
        List<Arrival> seen = new CopyOnWriteArrayList<>();
        try (Simulator sim = Simulator.start(Behaviour.plain(), 0)) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), sim.port());
            Caller caller = new Caller(address, "k1", Duration.ofSeconds(20));
            caller.ask(Api.CHAT, "unseen", false);
            sim.watch(seen::add);
            long before = System.nanoTime();
            caller.ask(Api.CHAT, "seen", true);
            assertThat(seen).singleElement().satisfies(arrival -> {
                assertThat(arrival.model()).isEqualTo("seen");
                assertThat(arrival.endpoint()).isEqualTo("chat");
                assertThat(arrival.key()).isEqualTo("Bearer k1");
                assertThat(arrival.nanos()).isBetween(before, System.nanoTime());
            });
        }
    }
}
