package dev.tidemill.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tidemill.wire.anthropic.MessagesDialect;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.dialect.RequestReader;
import dev.tidemill.wire.gemini.GeminiDialect;
import dev.tidemill.wire.json.Edits;
import dev.tidemill.wire.openai.ChatDialect;
import dev.tidemill.wire.openai.ChatEvents;
import dev.tidemill.wire.openai.ChatRequest;
import dev.tidemill.wire.openai.ResponsesDialect;
import dev.tidemill.wire.sse.SseReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HotPathAllocatesNothingTest {
    private static final int ROUNDS = 1_000;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private interface Work {
        void run() throws Exception;
    }

    @Test
    void aRequestIsReadAndEdited() throws Exception {
        byte[] body =
                ("{\"model\":\"gpt-x\",\"stream\":true,\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":\""
                                + "hello привет 你好 ".repeat(50) + "\"}],\"stream_options\":{\"include_usage\":false}}")
                        .getBytes(StandardCharsets.UTF_8);
        byte[] model = "\"other\"".getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[body.length + 100];
        ChatRequest request = new ChatRequest();
        Edits edits = new Edits();
        allocatesNothing(() -> {
            request.scan(body, 0, body.length);
            edits.clear();
            request.replaceModel(edits, model);
            request.askUsage(edits);
            edits.writeTo(body, 0, body.length, out, 0);
        });
    }

    @Test
    void aStreamIsTakenApartAndClassified() throws Exception {
        byte[] stream = Fixtures.stream(
                Fixtures.root().resolve("streams/vercel-ai/openai/chat/azure-model-router.1.chunks.txt"));
        SseReader reader = new SseReader(SseReader.DEFAULT_MAX_EVENT_BYTES);
        allocatesNothing(() -> {
            reader.reset();
            for (int from = 0; from < stream.length; from += 1000) {
                reader.feed(stream, from, Math.min(from + 1000, stream.length));
                while (reader.next()) {
                    ChatEvents.classify(reader.data(), reader.dataFrom(), reader.dataTo(), false);
                    ChatEvents.classify(reader.data(), reader.dataFrom(), reader.dataTo(), true);
                    ChatDialect.INSTANCE.judge(reader.data(), reader.dataFrom(), reader.dataTo());
                }
            }
        });
    }

    @Test
    void eventsOfAResponseAreLookedAt() throws Exception {
        byte[] delta = ("data: {\"type\":\"response.output_text.delta\",\"sequence_number\":4,\"item_id\":\"msg_1\","
                        + "\"output_index\":0,\"content_index\":0,\"delta\":\"I\"}\n\n")
                .getBytes(StandardCharsets.UTF_8);
        SseReader reader = new SseReader(SseReader.DEFAULT_MAX_EVENT_BYTES);
        AnswerStream stream = ResponsesDialect.INSTANCE.answerStream(1);
        Work work = () -> {
            reader.feed(delta, 0, delta.length);
            while (reader.next()) {
                stream.look(reader);
            }
        };
        work.run(); // the first one is read otherwise
        allocatesNothing(work);
    }

    @Test
    void aMessagesRequestIsReadToItsFields() throws Exception {
        byte[] body =
                ("{\"model\":\"claude-x\",\"stream\":true,\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":\""
                                + "a tool_use_id, hello привет 你好 ".repeat(50) + "\"}]}")
                        .getBytes(StandardCharsets.UTF_8);
        RequestReader request = MessagesDialect.INSTANCE.requestReader();
        allocates(160, () -> request.read(body, 0, body.length)); // the answer itself
    }

    @Test
    void aMessagesStreamIsClassified() throws Exception {
        byte[] stream = Fixtures.stream(
                Fixtures.root().resolve("streams/vercel-ai/anthropic/anthropic-code-execution-20250825.1.chunks.txt"));
        String text = new String(stream, StandardCharsets.US_ASCII);
        int start = text.indexOf("event: content_block_start"); // behind the usage of message_start
        int end = text.indexOf("event: message_delta");
        SseReader reader = new SseReader(SseReader.DEFAULT_MAX_EVENT_BYTES);
        AnswerStream watch = MessagesDialect.INSTANCE.answerStream(1);
        allocatesNothing(() -> {
            reader.reset();
            for (int from = start; from < end; from += 1000) {
                reader.feed(stream, from, Math.min(from + 1000, end));
                while (reader.next()) {
                    watch.look(reader);
                }
            }
        });
    }

    @Test
    void aGeminiStreamIsTakenApartAndClassified() throws Exception {
        byte[] stream = Fixtures.stream(Fixtures.root()
                .resolve("streams/vercel-ai/google/google-vertex-stream-tool-call-arguments-nested.1.chunks.txt"));
        SseReader reader = new SseReader(SseReader.DEFAULT_MAX_EVENT_BYTES);
        AnswerStream watch = GeminiDialect.EVENTS.answerStream(1);
        allocatesNothing(() -> {
            reader.reset();
            for (int from = 0; from < stream.length; from += 1000) {
                reader.feed(stream, from, Math.min(from + 1000, stream.length));
                while (reader.next()) {
                    watch.look(reader);
                }
            }
        });
        byte[] element = (",{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"" + "Hi ".repeat(300) + "\"}]}}]}\n")
                .getBytes(StandardCharsets.UTF_8);
        EventReader array = GeminiDialect.ARRAY.eventReader();
        AnswerStream elements = GeminiDialect.ARRAY.answerStream(1);
        array.feed("[{}".getBytes(StandardCharsets.UTF_8), 0, 3);
        array.next();
        array.next();
        allocatesNothing(() -> {
            for (int from = 0; from < element.length; from += 400) {
                array.feed(element, from, Math.min(from + 400, element.length));
                while (array.next()) {
                    elements.look(array);
                }
            }
        });
    }

    private void allocatesNothing(Work work) throws Exception {
        allocates(0, work);
    }

    private void allocates(long most, Work work) throws Exception {
        work.run();
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 5 && least > most; attempt++) { // code that is given up allocates once
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < ROUNDS; i++) {
                work.run();
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / ROUNDS);
        }
        assertThat(least).as("bytes a round").isLessThanOrEqualTo(most);
    }
}
