package dev.tidemill.bench.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.bench.caller.Caller;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LineWatchTest {
    @Test
    void linesAskedForTwiceAreSeenWithTheirIds() throws Exception {
        try (Simulator simulator = Simulator.start(Behaviour.plain(), 0);
                Caller caller = new Caller(URI.create(simulator.origin()), "none");
                LineWatch watch = new LineWatch(simulator, Pattern.compile("round\\d+-\\d{6}"))) {
            for (String id : List.of("round1-000001", "round1-000002", "round1-000001")) {
                caller.post(
                        "/v1/chat/completions",
                        Map.of("model", "sim", "messages", List.of(Map.of("role", "user", "content", id + ": hello"))));
            }
            assertThat(watch.asked()).isEqualTo(Map.of("round1-000001", 2, "round1-000002", 1));
            assertThat(watch.gap()).isFalse();
        }
    }
}
