package dev.tidemill.relay;

import dev.tidemill.core.route.Clocks;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.exchange.Phase;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import dev.tidemill.simulator.relayed.Api;
import dev.tidemill.simulator.relayed.Caller;
import dev.tidemill.simulator.relayed.FaultRow;
import dev.tidemill.simulator.relayed.FaultTable;
import dev.tidemill.simulator.relayed.Names;
import dev.tidemill.simulator.relayed.Trial;
import dev.tidemill.simulator.relayed.Upstream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Rows of the fault table that are met once, each against a relay of its own. */
final class FaultFixture {
    private static final Clocks CLOCKS = new Clocks(
            FaultTable.CONNECT,
            FaultTable.HEADERS,
            FaultTable.FIRST_CONTENT,
            FaultTable.GAP,
            FaultTable.GAP,
            FaultTable.TOTAL);

    private FaultFixture() {}

    /** Plays one, and sees that nothing is left behind. */
    static Trial play(FaultRow row, Api api, boolean stream, List<Phase> life) throws Exception {
        try (Upstream upstream = Upstream.of(row, stream);
                RelayFixture fixture = new RelayFixture(
                        Simulator.start(Behaviour.plain(), 0),
                        null,
                        RelayOptions.defaults().withLoops(1),
                        Policies.ONCE,
                        life,
                        List.of(),
                        Names::addresses)) {
            Provider provider = new Provider(
                    "first",
                    api == Api.MESSAGES ? Protocol.ANTHROPIC : Protocol.OPENAI,
                    upstream.baseUrl(api),
                    List.of(Upstream.KEY),
                    Map.of(),
                    upstream.authority(),
                    null,
                    Provider.StreamUsage.ASK);
            Target target = new Target(provider, "sim", "", 1, 1, false, 0);
            fixture.directory.routes(new Routes(
                    2,
                    List.of(provider),
                    List.of(new Model("m", List.of(target), policy(row.setup().hurried())))));
            Caller caller = new Caller(fixture.address, fixture.key.text(), Duration.ofSeconds(10));
            Trial trial = Trial.play(row, api, stream, caller, upstream, new RelayInsight(fixture.relay, "first"));
            fixture.atRest();
            return trial;
        }
    }

    private static Policy policy(boolean hurried) {
        Policy once = Policies.with(hurried ? CLOCKS : Policy.DEFAULT.clocks());
        return new Policy(
                once.clocks(),
                once.retry(),
                Policy.DEFAULT.breaker(),
                once.onBreak(),
                once.badEvent(),
                once.clientGone(),
                once.heartbeat(),
                once.openEarly(),
                once.hedge(),
                once.resume());
    }
}
