package dev.tidemill.wire.splice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Seeds;
import dev.tidemill.wire.anthropic.MessagesDialect;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.gemini.GeminiDialect;
import dev.tidemill.wire.openai.ChatDialect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Recorded streams are cut anywhere, and the same words come a second time in other events. */
class RecordedSplicesTest {
    private static final int MOST_CUTS = 12;
    private final RandomGenerator random = Seeds.random(RecordedSplicesTest.class);

    private record Recorded(Path file, Dialect dialect, List<Event> events) {}

    private static List<Recorded> recorded() throws Exception {
        List<Recorded> all = new ArrayList<>();
        for (Path file : Fixtures.streams()) {
            String path = file.toString();
            String text = new String(Fixtures.bytes(file), StandardCharsets.UTF_8);
            Dialect dialect = text.contains("\"message_start\"")
                    ? MessagesDialect.INSTANCE
                    : text.contains("\"chat.completion.chunk\"")
                            ? ChatDialect.INSTANCE
                            : text.contains("\"candidates\"") ? GeminiDialect.EVENTS : null;
            boolean odd = path.contains("spliced") || path.contains("duplicate") || path.contains("bedrock");
            boolean framed = path.endsWith(".chunks.txt") || text.startsWith("data:") || text.startsWith("event:");
            if (dialect != null && framed && !odd) {
                List<Event> events = Event.read(dialect, Fixtures.stream(file));
                if (!events.isEmpty()) {
                    all.add(new Recorded(file, dialect, events));
                }
            }
        }
        return all;
    }

    private String lineEnd() {
        return List.of("\n", "\r\n", "\r").get(random.nextInt(3));
    }

    @Test
    void theClientSeesOneAnswerHoweverItWasPutTogether() throws Exception {
        int cuts = 0;
        int files = 0;
        for (Recorded stream : recorded()) {
            List<Event> events = stream.events();
            Client whole = Client.of(stream.dialect(), Event.stream(events, "\n"));
            int tried = 0;
            for (int cut = 1; cut < events.size() && tried < MOST_CUTS; cut++) {
                Spliced client = new Spliced(stream.dialect()).first(events.subList(0, cut));
                if (!client.transcript.resumable()) {
                    break;
                }
                if (client.transcript.size() == 0 || random.nextInt(events.size()) > 2 * MOST_CUTS) {
                    continue;
                }
                tried++;
                for (int breaks = random.nextInt(3); breaks > 0; breaks--) {
                    List<Event> again = Event.retold(stream.dialect().speech(), events, random);
                    again = again.subList(0, random.nextInt(again.size()));
                    client.restarted(Event.stream(again, lineEnd()), random);
                    if (!client.transcript.resumable()) {
                        break;
                    }
                }
                assertThat(client.diverged).isFalse();
                if (client.transcript.resumable()) {
                    List<Event> again = Event.retold(stream.dialect().speech(), events, random);
                    client.restarted(Event.stream(again, lineEnd()), random);
                    assertThat(client.diverged)
                            .as("%s cut at %d", stream.file(), cut)
                            .isFalse();
                    assertThat(client.client())
                            .as("%s cut at %d", stream.file(), cut)
                            .isEqualTo(whole);
                }
            }
            cuts += tried;
            files += tried > 0 ? 1 : 0;
        }
        System.out.println(files + " streams, " + cuts + " cuts");
        assertThat(files).isGreaterThan(20);
    }

    @Test
    void ofAnotherAnswerNothingIsSeen() throws Exception {
        for (Recorded stream : recorded()) {
            List<Event> events = stream.events();
            Speech speech = stream.dialect().speech();
            for (int i = 0; i < 6; i++) {
                int cut = 1 + random.nextInt(events.size());
                Spliced client = new Spliced(stream.dialect()).first(events.subList(0, cut));
                if (!client.transcript.resumable() || client.transcript.size() == 0) {
                    continue;
                }
                int other = random.nextInt(cut);
                Said.Text text = Event.only(speech, events.get(other));
                if (text == null) {
                    continue;
                }
                Client before = client.client();
                List<Event> differing = new ArrayList<>(events);
                byte[] data = events.get(other).bytes();
                String words = dev.tidemill.wire.json.JsonText.string(data, text.from(), text.to());
                int at = random.nextInt(words.length());
                String changed =
                        words.substring(0, at) + (words.charAt(at) == 'x' ? 'y' : 'x') + words.substring(at + 1);
                differing.set(other, events.get(other).saying(text, changed, random));
                byte[] second = Event.stream(Event.retold(speech, differing, random), lineEnd());
                client.restarted(second, random);
                assertThat(client.diverged).as("%s", stream.file()).isTrue();
                assertThat(client.client()).as("%s", stream.file()).isEqualTo(before);
            }
        }
    }

    @Test
    void anAnswerThatEndsBeforeTheClientsWordsIsAnother() throws Exception {
        int seen = 0;
        for (Recorded stream : recorded()) {
            List<Event> events = stream.events();
            Speech speech = stream.dialect().speech();
            int last = -1;
            int cut = 0;
            Transcript transcript = new Transcript(speech);
            for (Event event : events) {
                transcript.note(event.bytes(), speech.read(event.bytes(), 0, event.bytes().length), 0);
                if (!transcript.resumable()) {
                    break;
                }
                last = Event.only(speech, event) == null ? last : cut;
                cut++;
            }
            if (last < 0) {
                continue;
            }
            Spliced client = new Spliced(stream.dialect()).first(events.subList(0, cut));
            Client before = client.client();
            List<Event> shorter = Stream.concat(
                            events.subList(0, last).stream(), events.subList(last + 1, events.size()).stream())
                    .toList();
            client.restarted(Event.stream(shorter, "\n"), random);
            assertThat(client.diverged).as("%s", stream.file()).isTrue();
            assertThat(client.client()).as("%s", stream.file()).isEqualTo(before);
            seen++;
        }
        assertThat(seen).isGreaterThan(20);
    }
}
