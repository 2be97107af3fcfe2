package dev.tidemill.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.dialect.ProviderError;
import dev.tidemill.wire.sse.SseException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the providers that call themselves compatible differ, one row for each, through the dialect as the relay uses it. */
class ChatOdditiesTest {
    /**
     * Columns: what is odd, file, index of the first content event, of the last finish event, and the usage as uncached/cached/output/reasoning.
     * -1 and empty: there is none.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            Azure: filter results without an id come first      | vercel-ai/openai/chat/azure-model-router.1.chunks.txt              | 2 | 6    | 15/0/78/64
            DeepSeek: usage in the finish chunk, cache hits     | vercel-ai/deepseek/chat/deepseek-tool-call.chunks.txt              | 1 | 51   | 19/320/83/39
            DeepSeek: content null beside reasoning             | vercel-ai/deepseek/chat/deepseek-reasoning.chunks.txt              | 1 | 219  | 18/0/219/205
            Qwen: keys in any order, usage by itself            | vercel-ai/alibaba/alibaba-reasoning.chunks.txt                     | 1 | 273  | 24/0/1355/1084
            Groq: reasoning, and usage also in x_groq           | vercel-ai/groq/groq-reasoning.chunks.txt                           | 1 | 1103 | 17/0/1107/963
            Mistral: content in typed parts                     | vercel-ai/mistral/mistral-reasoning.chunks.txt                     | 0 | 3    | 10/0/46/0
            Mistral: name and type again in each fragment       | vercel-ai/mistral/mistral-incremental-tool-call.chunks.txt         | 0 | 2    | 43/128/14/0
            xAI: no finish_reason until the end, reasoning beside | vercel-ai/xai/xai-tool-call.chunks.txt                           | 0 | 6    | 1/290/222/196
            OpenRouter: usage in the finish chunk               | prism/openrouter/stream-text-with-a-prompt-1.sse                   | 1 | 18   | 7/0/35/0
            Anthropic's layer: tool calls count from 1          | vercel-ai/openai-compatible/chat/anthropic-fallback-tool-call.sse  | 1 | 7    |
            """)
    void recorded(String odd, String file, int content, int finish, @Nullable String usage) throws SseException {
        Seen seen = see(Fixtures.stream(Fixtures.root().resolve("streams").resolve(file)));
        assertThat(seen.first(Meaning.CONTENT)).as(odd).isEqualTo(content);
        assertThat(seen.last(Meaning.FINISH)).as(odd).isEqualTo(finish);
        assertThat(seen.first(Meaning.ERROR | Meaning.BAD)).as(odd).isEqualTo(-1);
        assertThat(seen.stream.whole()).as(odd).isTrue();
        assertThat(text(seen.stream.usage())).as(odd).isEqualTo(usage);
    }

    @Test
    void openRouterSendsCommentsAndFinishesTwice() throws SseException {
        Seen seen = see("""
                : OPENROUTER PROCESSING

                : OPENROUTER PROCESSING

                data: {"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}

                data: {"choices":[{"delta":{"content":"","reasoning":"a","reasoning_details":[{"text":"a"}]}}]}

                data: {"choices":[{"delta":{"content":"b"}}]}

                data: {"choices":[{"delta":{"content":""},"finish_reason":"stop","native_finish_reason":"STOP"}]}

                data: {"choices":[{"delta":{"content":""},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"cost":0.1}}

                data: [DONE]

                """);
        assertThat(seen.flags).containsExactly(0, 1, 0, 2, 6, 16); // content is looked for until the first
        assertThat(seen.stream.whole()).isTrue();
        assertThat(text(seen.stream.usage())).isEqualTo("1/0/2/0");
    }

    @Test
    void ofTwoChoicesOneThatFinishesTwiceIsNotBoth() throws SseException {
        String first = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
        String second = "data: {\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n";
        String both =
                "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"},{\"finish_reason\":null,\"index\":3},"
                        + "{\"finish_reason\":\"stop\",\"index\":1}]}\n\n";
        assertThat(see((first + first).getBytes(StandardCharsets.UTF_8), 2)
                        .stream
                        .whole())
                .isFalse();
        assertThat(see((first + first + second).getBytes(StandardCharsets.UTF_8), 2)
                        .stream
                        .whole())
                .isTrue();
        assertThat(see(both.getBytes(StandardCharsets.UTF_8), 2).stream.whole()).isTrue();
        assertThat(see(both.getBytes(StandardCharsets.UTF_8), 3).stream.whole()).isFalse();
    }

    @Test
    void openRouterTellsAnErrorBesideChoices() throws SseException {
        Seen seen = see("""
                data: {"choices":[{"delta":{"content":"a"}}]}

                data: {"id":"g","error":{"code":502,"message":"Upstream gone"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}

                data: [DONE]

                """);
        assertThat(seen.flags).containsExactly(1, Meaning.FINISH | Meaning.ERROR, 16);
        assertThat(seen.error).isEqualTo(new ProviderError("502", "", "Upstream gone", 0, null));
    }

    @Test
    void groqTellsAnErrorWithItsOwnStatusAndNoEnd() throws SseException {
        Seen seen = see("""
                data: {"choices":[{"delta":{"role":"assistant","content":null,"channel":"analysis"}}],"x_groq":{"id":"r"}}

                event: error
                data: {"error":{"message":"Failed to call a function.","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"{}","status_code":400}}

                """);
        assertThat(seen.flags).containsExactly(0, Meaning.ERROR);
        assertThat(seen.error)
                .isEqualTo(new ProviderError(
                        "tool_use_failed", "invalid_request_error", "Failed to call a function.", 400, null));
        assertThat(seen.stream.whole()).isFalse();
    }

    @Test
    void llamaCppTellsAnErrorInAFieldOfItsOwn() throws SseException {
        Seen seen = see("""
                data: {"choices":[{"delta":{"content":"a"}}]}

                error: {"code":500,"message":"slot gone","type":"server_error"}

                """);
        assertThat(seen.flags).containsExactly(1);
        assertThat(seen.error).isEqualTo(new ProviderError("500", "server_error", "slot gone", 0, null));
        assertThat(seen.stream.whole()).isFalse();
    }

    @Test
    void vLlmSendsUsageWithoutChoices() throws SseException {
        Seen seen = see("""
                data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}

                data: {"choices":null,"usage":{"prompt_tokens":1,"completion_tokens":2}}

                data: {"usage":{"prompt_tokens":1,"completion_tokens":3}}

                """);
        assertThat(seen.flags)
                .containsExactly(3, Meaning.USAGE | Meaning.USAGE_ONLY, Meaning.USAGE | Meaning.USAGE_ONLY);
        assertThat(text(seen.stream.usage())).isEqualTo("1/0/3/0");
        assertThat(seen.stream.whole()).isTrue();
    }

    @Test
    void miniMaxRefusesInEveryChunkOrNone() throws SseException {
        Seen seen = see("""
                data: {"choices":[{"delta":{"content":"","role":"assistant"}}],"base_resp":{"status_code":0,"status_msg":""}}

                data: {"choices":null,"base_resp":{"status_code":1026,"status_msg":"input new_sensitive"}}

                """);
        assertThat(seen.flags).containsExactly(0, Meaning.ERROR);
        assertThat(seen.error).isEqualTo(new ProviderError("1026", "", "input new_sensitive", 0, null));
    }

    @Test
    void anErrorBehindContentIsSeenHoweverItIsTold() throws SseException {
        for (String error : List.of(
                "{\"object\":\"error\",\"message\":\"gone\",\"type\":\"InternalServerError\",\"param\":null,\"code\":500}",
                "{\"message\":\"gone\", \"object\" : \"error\", \"code\":500}",
                "{\"id\":\"1\",\"choices\":null,\"base_resp\":{\"status_code\":1002,\"status_msg\":\"rate limit\"}}",
                "{ \"base_resp\" : { \"status_msg\":\"\", \"status_code\" : 1002 } }")) {
            Seen seen = see(
                    "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: " + error + "\n\ndata: [DONE]\n\n");
            assertThat(seen.flags).as(error).containsExactly(Meaning.CONTENT, Meaning.ERROR, Meaning.LAST);
        }
        for (String word : List.of(
                "{\"choices\":[{\"delta\":{\"content\":\"error\"}}]}",
                "{\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"base_resp\":{\"status_code\":0,\"status_msg\":\"\"}}",
                "{\"choices\":[{\"delta\":{\"content\":\"\\\"object\\\":\\\"error\\\"\"}}]}")) {
            Seen seen = see("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: " + word + "\n\n");
            assertThat(seen.first(Meaning.ERROR)).as(word).isEqualTo(-1);
        }
    }

    @Test
    void mistralThinkingIsSilent() throws SseException {
        assertThat(
                        see("data: {\"choices\":[{\"delta\":{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"a\"}]}]}}]}\n\n")
                                .stream
                                .silent())
                .isTrue();
        assertThat(see("data: {\"choices\":[{\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}}]}\n\n")
                        .stream
                        .silent())
                .isFalse();
        assertThat(see("data: {\"choices\":[{\"delta\":{\"content\":[]}}]}\n\n").flags)
                .containsExactly(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"reasoning_content\":\"a\"",
                "\"content\":null,\"reasoning\":\"a\"",
                "\"content\":\"\",\"reasoning_details\":[{\"text\":\"a\"}]",
                "\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"a\"}]}]",
                "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\"}}]",
                "\"function_call\":{\"arguments\":\"{\"}",
            })
    void anEventWithoutTextChangesNothingAboutTheSilence(String silent) throws SseException {
        String nothing = delta("") + delta("\"content\":\"\"") + delta("\"content\":null,\"reasoning_content\":null")
                + "data: {\"choices\":[{\"index\":0,\"content_filter_offsets\":{\"check_offset\":4},"
                + "\"content_filter_results\":{},\"finish_reason\":null}]}\n\n";
        String text = delta("\"content\":\"a \\\"tool_calls\\\":[\",\"tool_calls\":[],\"reasoning\":\"\"");
        for (String before : List.of("", text)) {
            assertThat(see(before + nothing).stream.silent()).isFalse();
            assertThat(see(before + delta(silent)).stream.silent()).isTrue();
            assertThat(see(before + delta(silent) + delta(silent) + nothing)
                            .stream
                            .silent())
                    .isTrue();
            assertThat(see(before + delta(silent) + nothing + text).stream.silent())
                    .isFalse();
            assertThat(see(before + delta(silent) + text + nothing).stream.silent())
                    .isFalse();
        }
    }

    private static String delta(String fields) {
        return "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{" + fields
                + "},\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}\n\n";
    }

    private record Seen(
            AnswerStream stream,
            List<Integer> flags,
            @Nullable ProviderError error) {
        int first(int bits) {
            for (int i = 0; i < flags.size(); i++) {
                if ((flags.get(i) & bits) != 0) {
                    return i;
                }
            }
            return -1;
        }

        int last(int bits) {
            for (int i = flags.size() - 1; i >= 0; i--) {
                if ((flags.get(i) & bits) != 0) {
                    return i;
                }
            }
            return -1;
        }
    }

    private static Seen see(String stream) throws SseException {
        return see(stream.getBytes(StandardCharsets.UTF_8));
    }

    private static Seen see(byte[] a) throws SseException {
        return see(a, 1);
    }

    private static Seen see(byte[] a, int choices) throws SseException {
        EventReader reader = ChatDialect.INSTANCE.eventReader();
        AnswerStream stream = ChatDialect.INSTANCE.answerStream(choices);
        List<Integer> flags = new ArrayList<>();
        ProviderError error = null;
        reader.feed(a, 0, a.length);
        while (reader.next()) {
            if (reader.hasData()) {
                int seen = stream.look(reader);
                flags.add(seen);
                error = (seen & Meaning.ERROR) == 0
                        ? error
                        : ChatDialect.INSTANCE.error(reader.data(), reader.dataFrom(), reader.dataTo());
            } else if (reader.hasError()) {
                error = ChatDialect.INSTANCE.error(reader.raw(), reader.errorFrom(), reader.errorTo());
            }
        }
        return new Seen(stream, flags, error);
    }

    private static @Nullable String text(@Nullable Usage usage) {
        return usage == null
                ? null
                : usage.uncachedInput() + "/" + usage.cacheRead() + "/" + usage.output() + "/" + usage.reasoning();
    }
}
