package dev.tidemill.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import java.io.Closeable;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A configuration is changed while requests run. */
@Timeout(120)
class ReloadUnderLoadTest {
    @TempDir
    Path folder;

    private void configure(Simulator simulator, String models) throws Exception {
        Files.writeString(folder.resolve("tidemill.yaml"), """
                server: { listen: 127.0.0.1:0, admin: 127.0.0.1:0 }
                providers:
                  old: { base_url: "%1$s" }
                  new: { base_url: "%1$s" }
                models:
                %2$s
                """.formatted(simulator.baseUrl(), models.indent(2)));
    }

    @Test
    void requestsKeepWhatTheyBeganWithAndABadFileChangesNothing() throws Exception {
        try (Simulator simulator = Simulator.start(Behaviour.plain(), 0)) {
            configure(simulator, "'sim-*': { targets: [{ provider: old }] }");
            String key = Child.run(folder, Map.of(), "keys", "create").strip();
            AtomicBoolean over = new AtomicBoolean();
            try (Child serve = Child.start(folder, Map.of(), "serve");
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                    Closeable end = () -> over.set(true)) {
                Served served = serve.ready();
                AtomicInteger answered = new AtomicInteger();
                List<Future<?>> load = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    load.add(threads.submit(() -> {
                        while (!over.get()) {
                            assertThat(served.stream(key, "sim-ttft=2ms").body())
                                    .endsWith("data: [DONE]\n\n");
                            assertThat(served.complete(key, "sim-ok").statusCode())
                                    .isEqualTo(200);
                            answered.addAndGet(2);
                        }
                        return null;
                    }));
                }
                try (Served.Running running = served.begin(key, "sim-speed=15+tokens=30")) {
                    assertThat(running.target()).startsWith("old/");

                    configure(
                            simulator,
                            "'sim-*': { targets: [{ provider: new }] }\nfresh: { targets: [{ provider: new }] }");
                    serve.signal("HUP");
                    until(() -> served.complete(key, "fresh").statusCode() == 200);

                    assertThat(served.complete(key, "sim-ok").headers().firstValue("x-tidemill-target"))
                            .contains("new/sim-ok");
                    assertThat(running.rest())
                            .contains("\"finish_reason\":\"stop\"")
                            .endsWith("data: [DONE]\n\n");
                }

                String generation = generation(served); // 2, or 3 if the new file was seen before the signal
                configure(simulator, "fresh: { targets: [{ provider: gone }] }\nother: { target: [] }");
                serve.signal("HUP");
                until(() -> served.get("/ready", null).body().contains("newer file refused"));
                HttpResponse<String> ready = served.getAdmin("/ready", null);
                assertThat(ready.statusCode()).isEqualTo(200);
                assertThat(generation(served)).isEqualTo(generation);
                String token = Files.readAllLines(folder.resolve("data/admin")).get(1);
                HttpResponse<String> state = served.getAdmin("/admin/configuration", token);
                assertThat(state.statusCode()).isEqualTo(409);
                assertThat(state.body()).contains("models.fresh.targets[0].provider: gone", "models.other.target");
                assertThat(served.complete(key, "fresh").statusCode()).isEqualTo(200);

                configure(simulator, "'sim-*': { targets: [{ provider: old }] }");
                serve.signal("HUP");
                until(() -> served.get("/ready", null).body().contains("in force"));
                until(() -> served.complete(key, "fresh").statusCode() == 404);

                end.close();
                for (Future<?> worker : load) {
                    worker.get();
                }
                assertThat(answered.get()).isPositive();
                serve.signal("TERM");
                assertThat(serve.exit()).isZero();
                assertThat(serve.err()).contains("configuration refused, the last good one stays");
            }
        }
    }

    private static String generation(Served served) throws Exception {
        String body = served.getAdmin("/ready", null).body();
        return body.substring(body.indexOf("\"generation\":"));
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void until(Condition condition) throws Exception {
        for (int i = 0; i < 400; i++) {
            if (condition.holds()) {
                return;
            }
            Thread.sleep(25);
        }
        throw new AssertionError("not within 10 s");
    }
}
