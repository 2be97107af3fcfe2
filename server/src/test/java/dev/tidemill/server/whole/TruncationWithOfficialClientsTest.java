package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tidemill.server.whole.OfficialClient.Api;
import dev.tidemill.simulator.RawStep;
import dev.tidemill.simulator.Rule;
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.SeenRequest;
import dev.tidemill.simulator.cut.Recording;
import dev.tidemill.simulator.cut.Recordings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A provider's stream is cut at every event's end and at 100 places anywhere: one with everything in it, and each recorded one
 * that the vendor's own client can read. The relay stands between it and that client, which must raise what the relay says
 * of the cut, or hand over all of the answer: when only something behind the last word was lost. Recorded streams are cut at
 * a few places, unless {@code -Dtidemill.cuts=all} is given, as {@code ./dev prove truncation} does.
 */
class TruncationWithOfficialClientsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int ANYWHERE = 100;
    private static final int A_FEW = 3;
    private static final boolean ALL = "all".equals(System.getProperty("tidemill.cuts"));
    private static final Pattern EVENT_END = Pattern.compile("\\R\\R");
    /** No {@code sim-}, behind which the simulator reads what it is to do. */
    private static final String CUT = "simulated";

    private static final String WHOLE = "sim-reasoning=4+preface=6+tools=2";

    /** What the relay says of a cut, in every API. */
    private static final Pattern OF_THE_CUT = Pattern.compile("provider \\w+ (closed the connection|ended the stream"
            + " before the answer was finished|answered with an empty stream)");

    /** How the connection goes on behind the cut. */
    enum Ending {
        /** The last chunk, as if that had been all. */
        TERMINATED,
        /** The connection is closed inside a chunked body. */
        UNTERMINATED,
        /** The connection is closed, which ends a body without a length. */
        CLOSED,
        RESET;

        /** One of those that are no good end, in turn. */
        static Ending bad(int place) {
            return values()[1 + place % 3];
        }

        /** Any, in turn. */
        static Ending any(int place) {
            return values()[place % 4];
        }

        List<RawStep> after(String body) {
            String head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
            if (this == CLOSED) {
                return List.of(new RawStep.Send(head + "\r\n" + body), new RawStep.Close());
            }
            String chunk = body.isEmpty() ? "" : "%x\r\n%s\r\n".formatted(body.length(), body);
            RawStep sent = new RawStep.Send(
                    head + "transfer-encoding: chunked\r\n\r\n" + chunk + (this == TERMINATED ? "0\r\n\r\n" : ""));
            return switch (this) {
                case TERMINATED -> List.of(sent, new RawStep.Keep());
                case RESET -> List.of(sent, new RawStep.Reset());
                default -> List.of(sent, new RawStep.Close());
            };
        }
    }

    @TempDir
    static Path folder;

    private static Node node;
    private static String key;

    @BeforeAll
    static void start() throws Exception {
        node = Node.ofEachProtocol(folder, "");
        key = node.key("truncation");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @ParameterizedTest
    @EnumSource
    void noCutAnswerIsTakenForAWholeOne(Api api) throws Exception {
        long seed = Long.getLong("tidemill.seed", System.nanoTime());
        System.out.println(api + ": -Dtidemill.seed=" + seed);
        try (OfficialClient client = api.open(node.url(), key, 0, TIMEOUT)) {
            node.simulator.play(Scenario.of());
            Said whole = client.stream(WHOLE);
            assertThat(whole.complete()).isTrue();
            assertThat(whole.calls()).hasSize(2);
            String stream = recorded();
            Cuts cuts = new Cuts(client);
            TreeSet<Integer> places = everywhere(stream, new SplittableRandom(seed));
            cuts.play(stream, whole, places, _ -> Ending.TERMINATED);
            cuts.play(stream, whole, places, Ending::bad);
            System.out.printf("%s: %s of %d bytes%n", api, cuts, stream.length());
            assertThat(cuts.lies).as("seed %d", seed).isEmpty();
            assertThat(cuts.raised).isPositive();
            node.simulator.play(Scenario.of());
            assertThat(client.stream(WHOLE).sameWordsAs(whole)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void noCutRecordingIsTakenForAWholeOne(Api api) throws Exception {
        long seed = Long.getLong("tidemill.seed", System.nanoTime());
        System.out.println(api + ": -Dtidemill.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        int streams = 0;
        List<String> unread = new ArrayList<>();
        try (OfficialClient client = api.open(node.url(), key, 0, TIMEOUT)) {
            Cuts cuts = new Cuts(client);
            for (Recording recording : recordings(api)) {
                String stream = new String(recording.bytes(), StandardCharsets.ISO_8859_1);
                Said whole;
                try {
                    whole = read(client, stream);
                } catch (RuntimeException strange) {
                    unread.add(recording.name() + ": " + strange);
                    continue;
                }
                streams++;
                assertThat(whole.complete()).as(recording.name()).isTrue();
                TreeSet<Integer> places = ALL ? everywhere(stream, random) : anywhere(stream, A_FEW, random);
                cuts.play(stream, whole, places, Ending::any);
                assertThat(read(client, stream)).as(recording.name()).isEqualTo(whole);
            }
            System.out.printf(
                    "%s: %d recordings, %s; %d that its client does not read%n", api, streams, cuts, unread.size());
            if (ALL) {
                unread.forEach(name -> System.out.println("  " + name));
            }
            assertThat(cuts.lies).as("seed %d", seed).isEmpty();
            assertThat(streams).isPositive();
        }
    }

    private static List<Recording> recordings(Api api) throws IOException {
        Path beside = Recordings.beside();
        assumeThat(beside).as("recorded streams beside the repository").isNotNull();
        return Recordings.in(beside).streams().stream()
                .filter(recording -> recording.api().name().equals(api.name()) && !recording.hasError())
                .toList();
    }

    /** What the client makes of a stream that is not cut. */
    private static Said read(OfficialClient client, String stream) {
        send(Ending.TERMINATED.after(stream));
        return client.stream(CUT);
    }

    /** What the provider sends from now on. */
    private static void send(List<RawStep> steps) {
        node.simulator.play(Scenario.of(Rule.rawFor(CUT, steps)));
    }

    /** What one client made of cut streams. */
    private static final class Cuts {
        private final OfficialClient client;
        private final List<String> lies = new ArrayList<>();
        private int played;
        private int raised;

        Cuts(OfficialClient client) {
            this.client = client;
        }

        void play(String stream, Said whole, TreeSet<Integer> places, IntFunction<Ending> endings) {
            long asked = node.simulator.counts().total().asked();
            for (int place : places) {
                Ending ending = endings.apply(place);
                send(ending.after(stream.substring(0, place)));
                played++;
                String lie = lie(whole);
                if (lie != null) {
                    lies.add("%s after %d of %d bytes, …%s: %s"
                            .formatted(
                                    ending,
                                    place,
                                    stream.length(),
                                    stream.substring(Math.max(0, place - 40), place),
                                    lie));
                }
            }
            assertThat(node.simulator.counts().total().asked() - asked)
                    .as("requests that reached the provider")
                    .isEqualTo(places.size());
        }

        /** What is wrong with what the client has now; null: nothing. */
        private String lie(Said whole) {
            try {
                Said said = client.stream(CUT);
                return said.complete() && said.sameWordsAs(whole) ? null : said.toString();
            } catch (RuntimeException thrown) {
                raised++;
                Refused refused = client.refused(thrown);
                return refused != null && OF_THE_CUT.matcher(refused.words()).find() ? null : thrown.toString();
            }
        }

        @Override
        public String toString() {
            return "%d cuts: %d raised, %d whole".formatted(played, raised, played - raised);
        }
    }

    /** The provider's stream of the last question as it was, each character a byte. */
    private static String recorded() throws Exception {
        SeenRequest asked = node.simulator.requests().getLast();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(node.simulator.origin() + asked.target()))
                    .header("content-type", "application/json")
                    .POST(BodyPublishers.ofByteArray(asked.body()))
                    .build();
            String stream = http.send(request, BodyHandlers.ofString(StandardCharsets.ISO_8859_1))
                    .body();
            assertThat(stream)
                    .startsWith(stream.contains("event:") ? "event:" : "data:")
                    .endsWith("\n");
            return stream;
        }
    }

    private static TreeSet<Integer> everywhere(String stream, SplittableRandom random) {
        TreeSet<Integer> cuts = anywhere(stream, ANYWHERE, random);
        cuts.add(0);
        for (Matcher event = EVENT_END.matcher(stream); event.find(); ) {
            cuts.add(event.end() - 1);
            cuts.add(event.end());
        }
        cuts.remove(stream.length());
        return cuts;
    }

    private static TreeSet<Integer> anywhere(String stream, int places, SplittableRandom random) {
        TreeSet<Integer> cuts = new TreeSet<>();
        for (int i = 0; i < places; i++) {
            cuts.add(random.nextInt(stream.length()));
        }
        return cuts;
    }
}
