package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.simulator.cut.Cut;
import dev.tidemill.simulator.cut.Cutter;
import dev.tidemill.simulator.cut.Recording;
import dev.tidemill.simulator.relayed.Api;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Recorded streams that end too early: the shortest of each API at every byte, all others at a few places. {@code ./dev prove
 * truncation} cuts them all, and at more places.
 */
@ExtendWith(NothingLeaks.class)
class CutRecordingsTest {
    private static final int PLACES = 10;

    @Test
    void areNeverTakenForWhole() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<Recording> all = dev.tidemill.simulator.cut.Recordings.in(
                        Recordings.root().resolve("streams"))
                .streams();
        List<String> faults = new ArrayList<>();
        try (Cutter cutter = new Cutter(0);
                RelayFixture fixture = new RelayFixture(
                        RelayOptions.defaults().withLoops(1), Policies.ONCE, Exchange.LIFE, List.of())) {
            fixture.directory.routes(routes(cutter));
            cutter.by(fixture.address, fixture.key.text());
            for (Api api : Api.values()) {
                List<Recording> its = all.stream()
                        .filter(recording -> recording.api() == api)
                        .sorted(Comparator.comparingInt(Recording::length))
                        .toList();
                assertThat(its).as(api.toString()).hasSizeGreaterThan(5);
                play(cutter, its.getFirst(), Cut.every(its.getFirst()), faults);
                for (Recording recording : its) {
                    play(cutter, recording, new int[] {recording.length()}, faults);
                    play(cutter, recording, Cut.drawn(recording, PLACES, random), faults);
                }
            }
            fixture.atRest();
        }
        assertThat(faults).isEmpty();
    }

    private static void play(Cutter cutter, Recording recording, int[] places, List<String> faults) throws Exception {
        for (int at : places) {
            for (boolean clean : new boolean[] {true, false}) {
                Cut cut = new Cut(at, clean);
                String fault = cutter.play(recording, cut).fault();
                if (fault != null) {
                    faults.add(recording + ", " + cut + ": " + fault);
                }
            }
        }
    }

    private static Routes routes(Cutter cutter) {
        List<Provider> providers = new ArrayList<>();
        List<Model> models = new ArrayList<>();
        for (Api api : Api.values()) {
            Protocol protocol = switch (api) {
                case CHAT, RESPONSES -> Protocol.OPENAI;
                case MESSAGES -> Protocol.ANTHROPIC;
                case GEMINI -> Protocol.GEMINI;
            };
            Provider provider = new Provider(
                    cutter.prefix(api) + "provider",
                    protocol,
                    cutter.baseUrl(api),
                    List.of(), // a key that a recorded error speaks of would be taken out
                    Map.of(),
                    null,
                    null,
                    Provider.StreamUsage.ASK);
            providers.add(provider);
            models.add(new Model(cutter.prefix(api) + "*", List.of(Target.of(provider)), Policies.ONCE));
        }
        return new Routes(2, providers, models);
    }
}
