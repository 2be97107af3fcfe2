package dev.tidemill.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Damage;
import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Seeds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Whatever a provider sends, the readers stay inside its bytes, end, and throw nothing. */
class DamagedEventsTest {
    @Test
    void damagedAndCutPayloads() {
        RandomGenerator random = Seeds.random(getClass());
        List<byte[]> payloads = new ArrayList<>();
        for (String folder : new String[] {"mistral", "openai/chat", "xai", "groq", "perplexity"}) {
            for (Path file : Fixtures.files("streams/vercel-ai/" + folder, ".chunks.txt")) {
                Fixtures.payloads(file).stream()
                        .limit(20)
                        .forEach(p -> payloads.add(p.getBytes(StandardCharsets.UTF_8)));
            }
        }
        for (int round = 0; round < 50_000; round++) {
            byte[] a = Damage.to(payloads.get(random.nextInt(payloads.size())), random);
            int full = ChatEvents.classify(a, 0, a.length, false);
            int cheap = ChatEvents.classify(a, 0, a.length, true);
            assertThat(full | cheap).isBetween(0, 127);
            ChatEvents.opensSilence(a, 0, a.length);
            OpenAiUsage.read(a, 0, a.length);
            ChatDialect.INSTANCE.judge(a, 0, a.length);
        }
    }
}
