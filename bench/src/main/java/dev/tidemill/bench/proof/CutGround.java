package dev.tidemill.bench.proof;

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
import dev.tidemill.simulator.cut.Cutter;
import dev.tidemill.simulator.relayed.Api;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A relay that shows each broken stream as it is, with several providers of broken streams behind it. */
final class CutGround implements AutoCloseable {
    private final List<Cutter> cutters = new ArrayList<>();
    private final Relay relay;

    CutGround(int workers) throws IOException {
        List<Provider> providers = new ArrayList<>();
        List<Model> models = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            Cutter cutter = new Cutter(i);
            cutters.add(cutter);
            for (Api api : Api.values()) {
                Provider provider = provider(cutter, api);
                providers.add(provider);
                models.add(new Model(cutter.prefix(api) + "*", List.of(Target.of(provider)), once()));
            }
        }
        ProofKey key = new ProofKey();
        Directory directory = new Directory(new Routes(1, providers, models));
        directory.keys(key.ring());
        relay = new Relay(RelayOptions.defaults().withLoops(1), directory);
        InetSocketAddress address =
                relay.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), true, List.of());
        cutters.forEach(cutter -> cutter.by(address, key.text()));
    }

    List<Cutter> cutters() {
        return cutters;
    }

    /** Without a key, since one that a recorded error speaks of would be taken out. */
    private static Provider provider(Cutter cutter, Api api) {
        return new Provider(
                cutter.prefix(api) + "provider",
                switch (api) {
                    case CHAT, RESPONSES -> Protocol.OPENAI;
                    case MESSAGES -> Protocol.ANTHROPIC;
                    case GEMINI -> Protocol.GEMINI;
                },
                cutter.baseUrl(api),
                List.of(),
                Map.of(),
                null,
                null,
                Provider.StreamUsage.ASK);
    }

    /** One attempt, and no breaker: it would open at once. */
    private static Policy once() {
        Policy usual = Policy.DEFAULT;
        return new Policy(
                Clocks.DEFAULT,
                new Policy.Retry(1, usual.retry().budget()),
                null,
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
        for (Cutter cutter : cutters) {
            cutter.close();
        }
    }
}
