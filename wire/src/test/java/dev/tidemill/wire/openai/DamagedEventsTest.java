package dev.tidemill.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Damage;
import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Seeds;
import dev.tidemill.wire.json.Edits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Whatever a provider sends, the readers stay inside its bytes, end, and throw nothing. */
class DamagedEventsTest {
    @Test
    void damagedAndCutPayloads() {
        RandomGenerator random = Seeds.random(getClass());
        List<byte[]> payloads = new ArrayList<>();
        for (String folder : new String[] {"mistral", "openai", "xai", "groq", "perplexity"}) {
            for (Path file : Fixtures.files("streams/vercel-ai/" + folder, ".chunks.txt")) {
                Fixtures.payloads(file).stream()
                        .limit(20)
                        .forEach(p -> payloads.add(p.getBytes(StandardCharsets.UTF_8)));
            }
        }
        ResponseEvent event = new ResponseEvent();
        for (int round = 0; round < 50_000; round++) {
            byte[] a = Damage.to(payloads.get(random.nextInt(payloads.size())), random);
            int full = ChatEvents.classify(a, 0, a.length, false);
            int cheap = ChatEvents.classify(a, 0, a.length, true);
            assertThat(full | cheap).isBetween(0, 127);
            ChatEvents.silent(a, 0, a.length, false);
            ChatEvents.finished(a, 0, a.length, new BitSet());
            OpenAiUsage.read(a, 0, a.length);
            ChatDialect.INSTANCE.judge(a, 0, a.length);
            ForeignId.find(a, 0, a.length);
            ForeignId.inContainer(a, 0, a.length);
            ForeignId.inMessages(a, 0, a.length);
            event.readHead(a, 0, a.length);
            if (event.read(a, 0, a.length)) {
                event.item(a);
                event.hasDelta(a);
                event.hasError(a);
                event.response(a);
                event.number(a, 7, new Edits());
            }
            ResponsesDialect.INSTANCE.judge(a, 0, a.length);
            ResponsesDialect.INSTANCE.error(a, 0, a.length);
        }
    }
}
