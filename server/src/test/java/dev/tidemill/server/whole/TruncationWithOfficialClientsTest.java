package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.server.whole.OfficialClient.Api;
import dev.tidemill.simulator.RawStep;
import dev.tidemill.simulator.Rule;
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.SeenRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A provider's stream is cut at every event's end and at 100 places anywhere. The relay stands between it and the vendor's
 * own client, which must raise, or hand over what is no whole answer, or all of it: when only something behind the last
 * word was lost.
 */
class TruncationWithOfficialClientsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int ANYWHERE = 100;
    private static final Pattern EVENT_END = Pattern.compile("\\R\\R");
    private static final String WHOLE = "sim-reasoning=4+preface=6+tools=2";

    /** How the connection goes on behind the cut. */
    enum Ending {
        /** The last chunk, as if that had been all. */
        TERMINATED,
        /** The connection is closed inside a chunked body. */
        UNTERMINATED,
        /** The connection is closed, which ends a body without a length. */
        CLOSED,
        RESET;

        /** Each cut meets the likeliest and one of the others, in turn. */
        static List<Ending> of(int number) {
            return List.of(TERMINATED, values()[1 + number % 3]);
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
            int number = 0;
            int raised = 0;
            int incomplete = 0;
            List<String> lies = new ArrayList<>();
            for (int cut : cuts(stream, new SplittableRandom(seed))) {
                for (Ending ending : Ending.of(number++)) {
                    node.simulator.play(Scenario.of(Rule.rawFor("sim-cut", ending.after(stream.substring(0, cut)))));
                    try {
                        Said said = client.stream("sim-cut");
                        if (!said.complete()) {
                            incomplete++;
                        } else if (!said.sameWordsAs(whole)) {
                            lies.add("%s after %d of %d bytes, …%s: %s"
                                    .formatted(
                                            ending,
                                            cut,
                                            stream.length(),
                                            stream.substring(Math.max(0, cut - 40), cut),
                                            said));
                        }
                    } catch (RuntimeException expected) {
                        raised++;
                    }
                }
            }
            System.out.printf("%s: %d raised, %d incomplete, of %d bytes%n", api, raised, incomplete, stream.length());
            assertThat(lies).as("seed %d", seed).isEmpty();
            assertThat(raised).isPositive();
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

    private static Iterable<Integer> cuts(String stream, SplittableRandom random) {
        TreeSet<Integer> cuts = new TreeSet<>(Arrays.asList(0));
        for (Matcher event = EVENT_END.matcher(stream); event.find(); ) {
            cuts.add(event.end() - 1);
            cuts.add(event.end());
        }
        cuts.remove(stream.length());
        for (int i = 0; i < ANYWHERE; i++) {
            cuts.add(random.nextInt(stream.length()));
        }
        return cuts;
    }
}
