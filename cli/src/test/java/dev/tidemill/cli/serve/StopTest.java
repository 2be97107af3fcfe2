package dev.tidemill.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop lets what runs come to its end; a second one does not. */
class StopTest {
    @TempDir
    Path folder;

    private Simulator simulator;
    private Child serve;
    private Served served;
    private String key;

    @BeforeEach
    void start() throws Exception {
        simulator = Simulator.start(Behaviour.plain(), 0);
        Files.writeString(folder.resolve("tidemill.yaml"), """
                server: { listen: 127.0.0.1:0, admin: 127.0.0.1:0 }
                providers: { sim: { base_url: "%s" } }
                models: { "*": { targets: [{ provider: sim }] } }
                """.formatted(simulator.baseUrl()));
        key = Child.run(folder, Map.of(), "keys", "create").strip();
        serve = Child.start(folder, Map.of(), "serve");
        served = serve.ready();
    }

    @AfterEach
    void end() throws Exception {
        serve.close();
        simulator.close();
    }

    private void listensNoMore() throws InterruptedException {
        boolean listens = true;
        while (listens) {
            try {
                served.get("/health", null);
                Thread.sleep(20);
            } catch (IOException gone) {
                listens = false;
            }
        }
    }

    @Test
    void aStreamThatRunsComesToItsEndAndNothingNewIsTaken() throws Exception {
        try (Served.Running stream = served.begin(key, "sim-speed=20+tokens=40")) {
            assertThat(stream.first()).startsWith("data: {");

            serve.signal("TERM");
            listensNoMore();

            assertThat(serve.runs()).isTrue();
            assertThatThrownBy(() -> served.complete(key, "gpt-test")).isInstanceOf(ConnectException.class);
            assertThat(served.getAdmin("/ready", null).statusCode()).isEqualTo(503);
            assertThat(served.getAdmin("/ready", null).body()).contains("\"status\":\"draining\"");
            assertThat(served.getAdmin("/health", null).statusCode()).isEqualTo(200);
            assertThat(served.getAdmin("/metrics", null).body()).contains("tidemill_exchanges_running 1.0");
            assertThat(stream.rest()).contains("\"finish_reason\":\"stop\"").endsWith("data: [DONE]\n\n");
        }
        assertThat(serve.exit()).isZero();
        assertThat(serve.err()).contains("draining").doesNotContain("ERROR");
    }

    @Test
    void aSecondSignalEndsItAtOnce() throws Exception {
        try (Served.Running stream = served.begin(key, "sim-speed=1+tokens=600")) {
            assertThat(stream.first()).startsWith("data: {");

            serve.signal("TERM");
            listensNoMore();
            assertThat(serve.runs()).isTrue();
            serve.signal("TERM");

            assertThat(serve.exit()).isEqualTo(128 + 15);
            assertThatThrownBy(stream::rest).isInstanceOf(IOException.class);
        }
    }
}
