package dev.tidemill.bench.proof;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.key.KeySecret;
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
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import dev.tidemill.simulator.relayed.Caller;
import dev.tidemill.simulator.relayed.FaultRow;
import dev.tidemill.simulator.relayed.FaultTable;
import dev.tidemill.simulator.relayed.Trial;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Every upstream fault, played once in a stream and once in an answer in one piece; prints what the client sees of each. */
@Command(name = "faults", description = "What a client sees of each upstream fault: no cut answer may look complete.")
public final class FaultsCommand implements Callable<Integer> {
    private static final Policy POLICY = new Policy(
            new Clocks(
                    FaultTable.CONNECT,
                    FaultTable.HEADERS,
                    FaultTable.FIRST_CONTENT,
                    FaultTable.GAP,
                    FaultTable.GAP,
                    FaultTable.TOTAL),
            Policy.DEFAULT.retry(),
            Policy.DEFAULT.breaker(),
            Policy.DEFAULT.onBreak(),
            Policy.DEFAULT.badEvent(),
            Policy.DEFAULT.clientGone(),
            Policy.DEFAULT.heartbeat(),
            Policy.DEFAULT.openEarly(),
            Policy.DEFAULT.hedge(),
            Policy.DEFAULT.resume());

    @Override
    public Integer call() throws IOException, InterruptedException {
        Verdict verdict = new Verdict("faults", "a client sees each upstream fault as what it is", 1);
        System.out.println("\n| no. | fault | streamed | in one piece |\n|---|---|---|---|");
        int cells = 0;
        int lies = 0;
        for (FaultRow row : FaultTable.rows()) {
            Trial stream = play(row, true);
            Trial whole = play(row, false);
            System.out.printf(
                    "| %s | `%s` | %s | %s |%n",
                    row.number(),
                    row.fault(),
                    stream.seen().words(),
                    whole.seen().words());
            for (Trial trial : List.of(stream, whole)) {
                String where = row + (trial.stream() ? ", streamed" : ", in one piece");
                verdict.faults(where, trial.complaints());
                if (trial.lies()) {
                    lies++;
                    verdict.fault(where + ": a cut answer looks complete");
                }
                cells++;
            }
        }
        verdict.figure("cells", Integer.toString(cells));
        verdict.figure("cut answers that look complete", Integer.toString(lies));
        return verdict.close();
    }

    /** Each row has a relay and a provider of its own, so that none leaves anything for the next. */
    private static Trial play(FaultRow row, boolean stream) throws IOException, InterruptedException {
        KeySecret key = KeySecret.generate(new SplittableRandom(1));
        try (Simulator simulator = Simulator.start(Behaviour.plain(), 0);
                Relay relay = new Relay(RelayOptions.defaults().withLoops(1), directory(simulator.baseUrl(), key))) {
            InetSocketAddress address =
                    relay.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), true, List.of());
            return Trial.play(row, stream, new Caller(address, key.text(), Duration.ofSeconds(10)), simulator);
        }
    }

    private static Directory directory(String baseUrl, KeySecret key) {
        Provider provider = new Provider(
                "sim",
                Protocol.OPENAI,
                URI.create(baseUrl),
                List.of("sk-sim"),
                Map.of(),
                null,
                null,
                Provider.StreamUsage.ASK);
        Model all = new Model("*", List.of(Target.of(provider)), POLICY);
        Directory directory = new Directory(new Routes(1, List.of(provider), List.of(all)));
        directory.keys(new KeyRing(List.of(new Key(
                key.id(),
                "proof",
                "default",
                "default",
                key.digest(),
                List.of(),
                0,
                0,
                0,
                Instant.EPOCH,
                null,
                null))));
        return directory;
    }
}
