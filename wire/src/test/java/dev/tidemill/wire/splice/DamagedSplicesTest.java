package dev.tidemill.wire.splice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Damage;
import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Seeds;
import dev.tidemill.wire.anthropic.MessagesDialect;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.gemini.GeminiDialect;
import dev.tidemill.wire.openai.ChatDialect;
import dev.tidemill.wire.sse.SseException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes, nothing is thrown. */
class DamagedSplicesTest {
    @Test
    void damagedStreamsAreSplicedOrRefused() throws SseException {
        RandomGenerator random = Seeds.random(DamagedSplicesTest.class);
        List<String> names = List.of(
                "vercel-ai/anthropic/anthropic-text.chunks.txt",
                "vercel-ai/google/google-text.chunks.txt",
                "vercel-ai/deepseek/chat/deepseek-reasoning.chunks.txt",
                "vercel-ai/xai/xai-text.chunks.txt");
        for (int i = 0; i < 500; i++) {
            String name = names.get(random.nextInt(names.size()));
            Dialect dialect = name.contains("/anthropic/")
                    ? MessagesDialect.INSTANCE
                    : name.contains("/google/") ? GeminiDialect.EVENTS : ChatDialect.INSTANCE;
            byte[] stream = Fixtures.stream(Fixtures.root().resolve("streams").resolve(name));
            List<Event> events = Event.read(dialect, stream);
            Spliced client =
                    new Spliced(dialect).first(events.subList(0, Math.min(events.size(), 1 + random.nextInt(20))));
            if (client.transcript.resumable()) {
                client.restarted(Damage.to(stream, random), random);
            }
            Event broken = new Event(
                    "",
                    new String(
                            Damage.to(events.get(random.nextInt(events.size())).bytes(), random),
                            StandardCharsets.UTF_8));
            client.first(List.of(broken));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u12", "\\u12x4", "\\u", "a\\ud83"})
    void anEscapeThatIsNoneCannotBeCompared(String json) throws SseException {
        String data = "{\"choices\":[{\"delta\":{\"content\":\"" + json + "\"}}]}";
        Event event = new Event("", data);
        assertThat(new Spliced(ChatDialect.INSTANCE)
                        .first(List.of(event))
                        .transcript
                        .resumable())
                .isFalse();
        Spliced client = new Spliced(ChatDialect.INSTANCE);
        assertThat(client.restarted(Event.stream(List.of(event), "\n"), new Random(1)).diverged)
                .isTrue();
    }
}
