package dev.tidemill.simulator.cut;

import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.RawStep;
import dev.tidemill.simulator.Rule;
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.Simulator;
import dev.tidemill.simulator.relayed.Api;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A provider that sends the beginning of a recorded stream, and a client who asks for it by way of a relay: one of several
 * that work beside each other. The relay has models for each API, all whose names begin with {@link #prefix}, that lead to
 * {@link #baseUrl}. After a stream that tells of an error the name is another, since a relay may leave a model alone for that.
 */
public final class Cutter implements AutoCloseable {
    private static final String HEAD =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    private static final String LAST_CHUNK = "0\r\n\r\n";

    private final int number;
    private final Simulator simulator;
    private @Nullable Client client;
    private @Nullable Recording loaded;
    private String latin = "";
    private int errors;

    /** @param number tells it from the others */
    public Cutter(int number) throws IOException {
        this.number = number;
        this.simulator = Simulator.start(Behaviour.plain(), 0);
    }

    /** What its models' names in an API begin with. */
    public String prefix(Api api) {
        return api + "-" + number + "-";
    }

    public URI baseUrl(Api api) {
        return URI.create(simulator.origin() + api.version());
    }

    /** From now on by this relay. */
    public void by(InetSocketAddress relay, String key) {
        client = new Client(relay, key);
    }

    /** Plays one cut and judges what came. */
    public Outcome play(Recording recording, Cut cut) throws IOException {
        if (client == null) {
            throw new IllegalStateException("no relay (expected: one to ask by)");
        }
        load(recording);
        String chunk = latin.substring(0, cut.at());
        // A chunk that is not to be whole promises a byte more than come.
        String size = Integer.toHexString(cut.clean() ? cut.at() : recording.length() + 1) + "\r\n";
        List<RawStep> steps = cut.clean()
                ? List.of(
                        new RawStep.Send(cut.at() == 0 ? HEAD + LAST_CHUNK : HEAD + size + chunk + "\r\n" + LAST_CHUNK),
                        new RawStep.Keep())
                : List.of(new RawStep.Send(HEAD + size + chunk), new RawStep.Close());
        simulator.play(Scenario.of(Rule.rawFor("*", steps)));
        Api api = recording.api();
        Outcome outcome = Judge.of(recording, cut, client.ask(api, prefix(api) + errors, cut.usageAsked()));
        if (recording.hasError()) {
            errors++;
        }
        return outcome;
    }

    private void load(Recording recording) {
        if (loaded != recording) {
            loaded = recording;
            latin = new String(recording.bytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Override
    public void close() throws IOException {
        if (client != null) {
            client.close();
        }
        simulator.close();
    }
}
