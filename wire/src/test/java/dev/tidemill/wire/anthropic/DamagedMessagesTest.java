package dev.tidemill.wire.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Damage;
import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Seeds;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.sse.SseException;
import dev.tidemill.wire.sse.SseReader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Whatever a provider sends, the readers stay inside its bytes, end, and throw nothing. */
class DamagedMessagesTest {
    @Test
    void damagedAndCutPayloads() throws SseException {
        RandomGenerator random = Seeds.random(getClass());
        List<byte[]> payloads = new ArrayList<>();
        for (Path file : Fixtures.files("streams/vercel-ai/anthropic", ".chunks.txt")) {
            Fixtures.payloads(file).stream()
                    .filter(p -> !p.contains("content_block_delta") || random.nextInt(20) == 0)
                    .forEach(p -> payloads.add(p.getBytes(StandardCharsets.UTF_8)));
        }
        AnswerStream stream = MessagesDialect.INSTANCE.answerStream(1);
        for (int round = 0; round < 50_000; round++) {
            byte[] a = Damage.to(payloads.get(random.nextInt(payloads.size())), random);
            MessagesDialect.INSTANCE.judge(a, 0, a.length);
            MessagesDialect.INSTANCE.usage(a, 0, a.length);
            MessagesDialect.INSTANCE.error(a, 0, a.length);
            if (round % 50 == 0) {
                stream = MessagesDialect.INSTANCE.answerStream(1);
            }
            SseReader reader = new SseReader(SseReader.DEFAULT_MAX_EVENT_BYTES);
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            block.writeBytes("data:".getBytes(StandardCharsets.US_ASCII));
            block.writeBytes(a);
            block.writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
            reader.feed(block.toByteArray(), 0, block.size());
            assertThat(reader.next()).isTrue();
            assertThat(stream.look(reader)).isBetween(0, 255);
            stream.usage();
        }
    }
}
