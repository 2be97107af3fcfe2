package dev.tidemill.bench.proof;

import dev.tidemill.core.response.ResponseRecords;
import dev.tidemill.core.route.Clocks;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.Relay;
import dev.tidemill.relay.RelayOptions;
import dev.tidemill.relay.exchange.Directory;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.simulator.relayed.Api;
import dev.tidemill.simulator.relayed.Caller;
import dev.tidemill.simulator.relayed.FaultRow;
import dev.tidemill.simulator.relayed.FaultTable;
import dev.tidemill.simulator.relayed.Names;
import dev.tidemill.simulator.relayed.Setup;
import dev.tidemill.simulator.relayed.Setup.Retries;
import dev.tidemill.simulator.relayed.Trial;
import dev.tidemill.simulator.relayed.Upstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A relay for one cell, with one provider behind it or two: none leaves anything for the next. */
final class FaultGround implements AutoCloseable {
    private static final String FIRST = "first";
    private static final Clocks CLOCKS = new Clocks(
            FaultTable.CONNECT,
            FaultTable.HEADERS,
            FaultTable.FIRST_CONTENT,
            FaultTable.GAP,
            FaultTable.GAP,
            FaultTable.TOTAL);
    private static final Policy.Retry ONCE =
            new Policy.Retry(1, Policy.DEFAULT.retry().budget());
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final ProofKey key = new ProofKey();
    private final Upstream first;
    private final Upstream second;
    private final Relay relay;
    private final Caller caller;

    private FaultGround(FaultRow row, Api api, boolean stream) throws IOException {
        first = Upstream.of(row, stream);
        second = Upstream.good();
        List<Target> targets = new ArrayList<>();
        targets.add(target(api, FIRST, Upstream.KEY, first, 1));
        if (row.setup().retries() == Retries.OTHER) {
            targets.add(target(api, "second", "sk-second", second, 2));
        }
        Model model = new Model("m", targets, policy(row.setup()));
        Directory directory = new Directory(
                new Routes(1, targets.stream().map(Target::provider).toList(), List.of(model)));
        directory.keys(key.ring());
        relay = new Relay(
                RelayOptions.defaults().withLoops(1), directory, ResponseRecords.NONE, Exchange.LIFE, Names::addresses);
        InetSocketAddress address =
                relay.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), true, List.of());
        caller = new Caller(address, key.text(), PATIENCE);
    }

    /** Plays one cell. */
    static Trial play(FaultRow row, Api api, boolean stream) throws IOException, InterruptedException {
        try (FaultGround ground = new FaultGround(row, api, stream)) {
            return Trial.play(row, api, stream, ground.caller, ground.first, new RelayInsight(ground.relay, FIRST));
        }
    }

    private static Target target(Api api, String name, String credential, Upstream upstream, int priority) {
        Provider provider = new Provider(
                name,
                switch (api) {
                    case CHAT, RESPONSES -> Protocol.OPENAI;
                    case MESSAGES -> Protocol.ANTHROPIC;
                    case GEMINI -> Protocol.GEMINI;
                },
                upstream.baseUrl(api),
                List.of(credential),
                Map.of(),
                upstream.authority(),
                null,
                Provider.StreamUsage.ASK);
        return new Target(provider, "sim", "", priority, 1, false, 0);
    }

    private static Policy policy(Setup setup) {
        Policy usual = Policy.DEFAULT;
        return new Policy(
                setup.hurried() ? CLOCKS : usual.clocks(),
                setup.retries() == Retries.NONE ? ONCE : usual.retry(),
                usual.breaker(),
                usual.onBreak(),
                usual.badEvent(),
                usual.clientGone(),
                usual.heartbeat(),
                usual.openEarly(),
                usual.hedge(),
                usual.resume());
    }

    @Override
    public void close() throws IOException {
        relay.close();
        first.close();
        second.close();
    }
}
