package dev.tidemill.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of the simulator beside recorded ones: the same types of events in the same order, with the same fields. */
class RecordedShapesTest {
    private Simulator sim;

    @BeforeEach
    void start() throws IOException {
        sim = Simulator.start(Behaviour.of("tokens=6"), 0);
    }

    @AfterEach
    void stop() {
        sim.close();
    }

    private static void sameFields(List<Spoken.Event> real, List<Spoken.Event> played, String... optional) {
        for (String type : new HashSet<>(Recorded.order(played))) {
            Set<String> expected = Recorded.fields(real, type);
            expected.removeAll(Set.of(optional));
            Set<String> got = Recorded.fields(played, type);
            got.removeAll(Set.of(optional));
            assertThat(got).as(type).isEqualTo(expected);
        }
    }

    @Test
    void messagesWithText() throws Exception {
        List<Spoken.Event> real = Recorded.events("prism/anthropic/stream-basic-text-1.sse");
        List<Spoken.Event> played = Spoken.MESSAGES.events(sim, "");
        assertThat(Recorded.order(played)).isEqualTo(Recorded.order(real));
        sameFields(
                real,
                played,
                "/usage/input_tokens",
                "/usage/cache_creation_input_tokens",
                "/usage/cache_read_input_tokens",
                "/message/usage/service_tier",
                "/usage/server_tool_use",
                "/usage/server_tool_use/web_search_requests");
        assertThat(played).extracting(Spoken.Event::type).startsWith("message_start", "content_block_start", "ping");
    }

    @Test
    void messagesWithThinking() throws Exception {
        List<Spoken.Event> real = Recorded.events("prism/anthropic/stream-with-extended-thinking-1.sse");
        List<Spoken.Event> played = Spoken.MESSAGES.events(sim, "reasoning=4");
        assertThat(Recorded.order(played)).isEqualTo(Recorded.order(real));
        sameFields(
                real,
                played,
                "/usage/input_tokens",
                "/usage/cache_creation_input_tokens",
                "/usage/cache_read_input_tokens",
                "/message/usage/service_tier");
    }

    @Test
    void messagesWithACall() throws Exception {
        List<Spoken.Event> real = Recorded.events("vercel-ai/anthropic/anthropic-tool-no-args.chunks.txt");
        List<Spoken.Event> played = Spoken.MESSAGES.events(sim, "preface=2+tools=1");
        assertThat(Recorded.order(played)).isEqualTo(Recorded.order(real));
        assertThat(Recorded.fields(real, "content_block_start"))
                .containsAll(Recorded.fields(played, "content_block_start"));
        assertThat(Recorded.fields(real, "message_delta")).isEqualTo(Recorded.fields(played, "message_delta"));
    }

    @Test
    void responsesWithText() throws Exception {
        List<Spoken.Event> real = Recorded.events("prism/openai/stream-basic-text-responses-1.json");
        List<Spoken.Event> played = Spoken.RESPONSES.events(sim, "");
        assertThat(Recorded.order(played)).isEqualTo(Recorded.order(real));
        sameFields(
                real,
                played,
                "/logprobs",
                "/part/logprobs",
                "/item/content[]/logprobs",
                "/response/output[]/content[]/logprobs",
                "/response/usage/input_tokens_details/cache_write_tokens"); // newer than the recording
    }

    @Test
    void responsesWithReasoningAndACall() throws Exception {
        List<Spoken.Event> real =
                Recorded.events("prism/openai/stream-multi-tool-conversation-responses-reasoning-1.json");
        List<Spoken.Event> played = Spoken.RESPONSES.events(sim, "reasoning=3+tools=1");
        List<String> order = Recorded.order(played);
        order.removeIf(type -> type.contains("summary"));
        assertThat(order).isEqualTo(Recorded.order(real));
        assertThat(Recorded.fields(real, "response.output_item.added"))
                .isEqualTo(Recorded.fields(played, "response.output_item.added"));
        sameFields(
                real,
                played.stream()
                        .filter(event -> event.type().contains("arguments"))
                        .toList());
    }

    @Test
    void responsesThatAreRefusedInTheStream() throws Exception {
        List<Spoken.Event> real = Recorded.events("prism/openai/stream-rate-limited-1.json");
        List<Spoken.Event> played = Spoken.RESPONSES.events(
                sim, "error-event=0;status=429;type=insufficient_quota;error-code=insufficient_quota");
        assertThat(Recorded.order(played))
                .isEqualTo(Recorded.order(real))
                .containsExactly("response.created", "response.in_progress", "error", "response.failed");
        assertThat(Recorded.fields(played, "error")).isEqualTo(Recorded.fields(real, "error"));
        assertThat(played.getLast().json().at("/response/error/code").asString())
                .isEqualTo("insufficient_quota");
    }

    @Test
    void geminiWithText() throws Exception {
        List<Spoken.Event> real = Recorded.events("prism/gemini/stream-basic-text-1.sse");
        List<Spoken.Event> played = Spoken.GEMINI.events(sim, "");
        sameFields(
                real,
                played,
                "/candidates[]/index",
                "/usageMetadata/candidatesTokensDetails",
                "/usageMetadata/candidatesTokensDetails[]/modality",
                "/usageMetadata/candidatesTokensDetails[]/tokenCount");
        assertThat(played)
                .allMatch(event -> event.json().has("usageMetadata"))
                .filteredOn(event -> event.data().contains("finishReason"))
                .containsExactly(played.getLast());
    }

    @Test
    void geminiWithThoughtsAndCalls() throws Exception {
        List<Spoken.Event> real = Recorded.events("prism/gemini/stream-with-tools-thought-1.json");
        List<Spoken.Event> played = Spoken.GEMINI.events(sim, "reasoning=2+tools=1");
        assertThat(Recorded.fields(real, "")).containsAll(Recorded.fields(played, ""));
        assertThat(Recorded.fields(played, ""))
                .contains(
                        "/candidates[]/content/parts[]/functionCall/args/city",
                        "/candidates[]/content/parts[]/thoughtSignature",
                        "/candidates[]/content/parts[]/thought");
    }

    @Test
    void chatWithText() throws Exception {
        List<Spoken.Event> real = Recorded.events("vercel-ai/openai/chat/openai-text.chunks.txt");
        List<Spoken.Event> played = Spoken.CHAT.events(sim, "");
        played.removeLast();
        Set<String> fields = Recorded.fields(real, "");
        assertThat(fields).isNotEmpty();
        Set<String> own = Recorded.fields(played, "");
        own.remove("/choices[]/logprobs");
        assertThat(fields).containsAll(own);
    }
}
