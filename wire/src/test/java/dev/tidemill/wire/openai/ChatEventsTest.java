package dev.tidemill.wire.openai;

import static dev.tidemill.wire.dialect.Meaning.BAD;
import static dev.tidemill.wire.dialect.Meaning.CONTENT;
import static dev.tidemill.wire.dialect.Meaning.ERROR;
import static dev.tidemill.wire.dialect.Meaning.FINISH;
import static dev.tidemill.wire.dialect.Meaning.LAST;
import static dev.tidemill.wire.dialect.Meaning.USAGE;
import static dev.tidemill.wire.dialect.Meaning.USAGE_ONLY;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChatEventsTest {
    static Stream<Arguments> events() {
        return Stream.of(
                // not content
                event(0, delta("")),
                event(0, delta("\"role\":\"assistant\"")),
                event(0, delta("\"role\":\"assistant\",\"content\":\"\",\"refusal\":null")),
                event(0, delta("\"content\":null,\"reasoning_content\":\"\",\"tool_calls\":null,\"audio\":null")),
                event(0, delta("\"content\":[],\"tool_calls\":[ ],\"function_call\":{}")),
                event(0, delta("\"channel\":\"analysis\",\"annotations\":[{}]")),
                event(
                        0,
                        "{\"choices\":[],\"prompt_filter_results\":[{\"content_filter_results\":{\"hate\":{\"filtered\":false}}}]}"),
                event(
                        0,
                        "{\"choices\":[{\"index\":0,\"content_filter_results\":{\"error\":{\"code\":\"content_filter_error\"}},"
                                + "\"delta\":{},\"finish_reason\":null}]}"),
                event(0, "{}"),
                event(0, " { } "),
                event(0, "{\"choices\":null}"),
                event(0, "{\"error\":null,\"choices\":[]}"),
                event(0, "{\"usage\":null,\"choices\":[]}"),
                event(0, "{\"choices\":[{\"delta\":null,\"finish_reason\":\"\"}]}"),
                event(0, "{\"choices\":[{\"text\":\"\",\"finish_reason\":null}]}"),
                // content
                event(CONTENT, delta("\"content\":\"a\"")),
                event(CONTENT, delta("\"content\" : \" \"")),
                event(CONTENT, delta("\"content\":\"\\\"\"")),
                event(CONTENT, delta("\"content\":\"\",\"reasoning_content\":\"a\"")),
                event(CONTENT, delta("\"reasoning\":\"a\"")),
                event(CONTENT, delta("\"reasoning_details\":[{\"type\":\"reasoning.encrypted\"}]")),
                event(CONTENT, delta("\"refusal\":\"No\"")),
                event(CONTENT, delta("\"content\":[{\"type\":\"text\",\"text\":\"a\"}]")),
                event(
                        CONTENT,
                        delta(
                                "\"content\":null,\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]")),
                event(CONTENT, delta("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\"}}]")),
                event(CONTENT, delta("\"function_call\":{\"name\":\"f\"}")),
                event(CONTENT, delta("\"audio\":{\"id\":\"a\"}")),
                event(CONTENT, delta("\"images\":[{\"type\":\"image_url\"}]")),
                event(CONTENT, "{\"choices\":[{\"text\":\"a\",\"finish_reason\":null}]}"),
                event(CONTENT, "{\"choices\":[{\"delta\":{}},{\"index\":1,\"delta\":{\"content\":\"a\"}}]}"),
                event(CONTENT, "{\n \"choices\": [ { \"delta\" : {\"content\": \"a\"} } ] , \"usage\" : null }\n"),
                event(
                        CONTENT,
                        delta("\"content\":\"\\\"usage\\\":{ \\\"error\\\":1 \\\"finish_reason\\\":\\\"stop\\\"\"")),
                event(CONTENT, delta("\"content\":\"{}]}\"")),
                event(
                        CONTENT,
                        "{\"obfuscation\":\"error\",\"usage\":null,\"choices\":[{\"delta\":{\"content\":\"finish_reason\"}}]}"),
                // ends
                event(FINISH, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}"),
                event(FINISH, "{\"choices\":[{\"finish_reason\" : \"tool_calls\",\"delta\":{}}]}"),
                event(FINISH | CONTENT, "{\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"length\"}]}"),
                event(
                        FINISH | USAGE,
                        "{\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1}}"),
                event(
                        FINISH | USAGE,
                        "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"x_groq\":{\"id\":\"r\",\"usage\":{\"prompt_tokens\":1}}}"),
                event(
                        USAGE | CONTENT,
                        "{\"usage\": {\"prompt_tokens\":1},\"choices\":[{\"delta\":{\"content\":\"a\"}}]}"),
                event(USAGE | USAGE_ONLY, "{\"choices\":[],\"usage\":{\"prompt_tokens\":1}}"),
                event(USAGE | USAGE_ONLY, "{\"choices\": [ ],\"usage\" : {\"prompt_tokens\":1}}"),
                event(USAGE | USAGE_ONLY, "{\"choices\":null,\"usage\":{\"prompt_tokens\":1}}"),
                event(USAGE | USAGE_ONLY, "{\"usage\":{\"prompt_tokens\":1}}"),
                event(LAST, "[DONE]"),
                event(LAST, " [DONE] "),
                // errors
                event(ERROR, "{\"error\":{\"message\":\"x\",\"code\":500}}"),
                event(ERROR, "{\"error\" : \"overloaded\"}"),
                event(ERROR, "{\"error\":1}"),
                event(
                        ERROR | FINISH,
                        "{\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}],\"error\":{\"code\":502}}"),
                event(ERROR | USAGE, "{\"choices\":[],\"usage\":{\"prompt_tokens\":1},\"error\":{\"code\":502}}"),
                event(ERROR | CONTENT, "{\"error\":{\"code\":502},\"choices\":[{\"delta\":{\"content\":\"a\"}}]}"));
    }

    static Stream<Arguments> damaged() {
        return Stream.of(
                event(BAD, ""),
                event(BAD, "  "),
                event(BAD, "[]"),
                event(BAD, "[DONE"),
                event(BAD, "null"),
                event(BAD, "<html>"),
                event(BAD, "{\"choices\":[{\"delta\":{\"content\":\"a"),
                event(BAD, "x{}"));
    }

    @ParameterizedTest
    @MethodSource({"events", "damaged"})
    void beforeTheCommit(int flags, String data) {
        assertThat(classify(data, false)).isEqualTo(flags);
    }

    @ParameterizedTest
    @MethodSource({"events", "damaged"})
    void afterTheCommitAllButContentIsTheSame(int flags, String data) {
        assertThat(classify(data, true) & ~CONTENT).isEqualTo(flags & ~CONTENT);
    }

    @Test
    void brokenInsideIsSeenBeforeTheCommit() {
        assertThat(classify("{\"choices\":[{\"delta\":{\"content\":\"a\"}}", false) & BAD)
                .isEqualTo(BAD);
        assertThat(classify("{\"choices\" [] }", false) & BAD).isEqualTo(BAD);
        assertThat(classify("{choices}", false) & BAD).isEqualTo(BAD);
        assertThat(classify("{\"choices\":[7]}", false) & BAD).isEqualTo(BAD);
    }

    @Test
    void aLongerNameWithAQuoteInItIsAnotherName() {
        String data = "{\"choices\":[{\"delta\":{\"x\\\"error\":{}}}],\"y\\\"usage\":{\"a\":1}}";
        assertThat(classify(data, false)).isZero();
        assertThat(classify(data, true)).isZero();
    }

    @Test
    void olderServersMarkAnErrorByItsObject() {
        assertThat(classify("{\"object\":\"error\",\"message\":\"x\",\"code\":400}", false))
                .isEqualTo(ERROR);
    }

    @Test
    void theNamesAreFoundAtEveryPlace() {
        for (int pad = 0; pad < 40; pad++) {
            String data = "{\"p\":\"" + "x".repeat(pad) + "\",\"error\":1}";
            assertThat(classify(data, true)).as(data).isEqualTo(ERROR);
            data = "{\"p\":\"" + "x".repeat(pad) + "\",\"usage\":{}}";
            assertThat(classify(data, true)).as(data).isEqualTo(USAGE | USAGE_ONLY);
            data = "{\"choices\":[{\"p\":\"" + "x".repeat(pad) + "\",\"finish_reason\":\"a\"}]}";
            assertThat(classify(data, true)).as(data).isEqualTo(FINISH);
        }
    }

    @Test
    void aNameAtTheVeryEndIsNotReadBeyondIt() {
        for (String name : new String[] {"error", "usage", "finish_reason", "e", "f", "u", ""}) {
            for (int pad = 0; pad < 20; pad++) {
                byte[] a = ("{\"p\":" + " ".repeat(pad) + "\"" + name + "\"}").getBytes(StandardCharsets.UTF_8);
                assertThat(ChatEvents.classify(a, 0, a.length, true)).isZero();
                byte[] open = ("{\"p\":" + " ".repeat(pad) + "\"" + name + "}").getBytes(StandardCharsets.UTF_8);
                assertThat(ChatEvents.classify(open, 0, open.length, true)).isEqualTo(BAD);
            }
        }
    }

    @Test
    void silenceIsUsualAfterReasoningAndToolCalls() {
        assertThat(opensSilence(delta("\"tool_calls\":[{\"function\":{\"arguments\":\"{\"}}]")))
                .isTrue();
        assertThat(opensSilence(delta("\"content\":null,\"reasoning_content\":\"a\"")))
                .isTrue();
        assertThat(opensSilence(delta("\"content\":\"a\",\"tool_calls\":[]"))).isFalse();
        assertThat(opensSilence(delta("\"content\":\"a\",\"reasoning\":\"b\""))).isFalse();
        assertThat(opensSilence(delta("\"refusal\":\"a\""))).isFalse();
        assertThat(opensSilence(delta("\"role\":\"assistant\""))).isFalse();
        assertThat(opensSilence("[DONE]")).isFalse();
        assertThat(opensSilence("")).isFalse();
    }

    private static boolean opensSilence(String data) {
        byte[] a = data.getBytes(StandardCharsets.UTF_8);
        return ChatEvents.silent(a, 0, a.length, false);
    }

    private static Arguments event(int flags, String data) {
        return Arguments.of(flags, data);
    }

    private static String delta(String fields) {
        return "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{" + fields
                + "},\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}";
    }

    private static int classify(String data, boolean committed) {
        byte[] a = ("\\\"\"" + data + "\"error\":1}").getBytes(StandardCharsets.UTF_8);
        int length = data.getBytes(StandardCharsets.UTF_8).length;
        return ChatEvents.classify(a, 3, 3 + length, committed);
    }
}
