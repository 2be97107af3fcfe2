package dev.tidemill.wire.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Damage;
import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Seeds;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.sse.SseException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Whatever a provider sends, the readers stay inside its bytes, end, and throw nothing. */
class DamagedGeminiTest {
    @Test
    void damagedAndCutArrays() throws SseException {
        RandomGenerator random = Seeds.random(getClass());
        List<byte[]> arrays = new ArrayList<>();
        for (Path file : Fixtures.files("streams/vercel-ai/google", ".chunks.txt")) {
            List<String> payloads = Fixtures.payloads(file).stream()
                    .filter(p -> p.length() < 2_000)
                    .toList();
            for (int from = 0; from < payloads.size(); from += 2) {
                arrays.add(("[" + String.join("\n,\r\n", payloads.subList(from, Math.min(payloads.size(), from + 2)))
                                + "]")
                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        for (int round = 0; round < 30_000; round++) {
            byte[] a = Damage.to(arrays.get(random.nextInt(arrays.size())), random);
            GeminiDialect.ARRAY.judge(a, 0, a.length);
            GeminiDialect.ARRAY.usage(a, 0, a.length);
            GeminiDialect.ARRAY.error(a, 0, a.length);
            EventReader reader = GeminiDialect.ARRAY.eventReader();
            AnswerStream stream = GeminiDialect.ARRAY.answerStream(1);
            int told = 0;
            for (int from = 0; from < a.length; ) {
                int to = Math.min(a.length, from + 1 + random.nextInt(200));
                reader.feed(a, from, to);
                while (reader.next()) {
                    told += reader.rawTo() - reader.rawFrom();
                    if (reader.hasData()) {
                        assertThat(stream.look(reader)).isBetween(0, 255);
                    }
                }
                from = to;
            }
            assertThat(told + reader.tail()).isEqualTo(a.length);
            stream.usage();
            stream.terminator();
        }
    }
}
