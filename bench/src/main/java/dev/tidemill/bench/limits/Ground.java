package dev.tidemill.bench.limits;

import dev.tidemill.bench.process.Scratch;
import dev.tidemill.bench.process.Tidemill;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Door;
import dev.tidemill.simulator.Rule;
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.Simulator;
import dev.tidemill.simulator.Tls;
import dev.tidemill.simulator.relayed.Caller;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A provider, and the relay as a process with its own configuration and data. */
final class Ground implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Scratch scratch = Scratch.create("limits");
    private final Simulator simulator;
    private final Tidemill tidemill;
    private final Path data = scratch.file("data");
    private final int port = Scratch.freePort();
    private final Path configuration;

    /**
     * @param providers lines of the configuration beside that of {@code sim}, for the provider's address
     * @param models lines of the configuration
     */
    Ground(long seed, List<Rule> rules, UnaryOperator<String> providers, String models)
            throws IOException, InterruptedException {
        simulator = Simulator.start(new Scenario(seed, Door.OPEN, Tls.OFF, Behaviour.plain(), rules), 0);
        try {
            tidemill = new Tidemill(scratch);
            configuration = scratch.write("tidemill.yaml", """
                    server: { listen: "127.0.0.1:%d", admin: "127.0.0.1:0" }
                    data: "%s"
                    providers:
                      sim: { protocol: openai, base_url: "%s", keys: [] }
                    %smodels:
                    %s""".formatted(
                            port, data, simulator.baseUrl(), providers.apply(simulator.baseUrl()), models));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    Simulator simulator() {
        return simulator;
    }

    /** Where the access log is. */
    Path data() {
        return data;
    }

    /** With a key of its own, of these limits. */
    Caller caller(String name, List<String> keyOptions) throws InterruptedException {
        String key = tidemill.createKey(configuration, name, keyOptions.toArray(String[]::new));
        return new Caller(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), key, PATIENCE);
    }

    Tidemill.Serving serve() throws InterruptedException {
        return tidemill.serve(configuration, Map.of());
    }

    @Override
    public void close() {
        simulator.close();
        scratch.close();
    }
}
