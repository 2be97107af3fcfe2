package dev.tidemill.wire.splice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.anthropic.MessagesDialect;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.gemini.GeminiDialect;
import dev.tidemill.wire.openai.ChatDialect;
import dev.tidemill.wire.sse.SseException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How single events are cut, framed and refused. */
class SpliceTest {
    private static final String ROLE =
            "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}";
    private static final String FINISH = "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";

    private static String content(String json) {
        return "{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + json
                + "\"},\"finish_reason\":null}]}";
    }

    private static Spliced first(Dialect dialect, String... data) throws SseException {
        return new Spliced(dialect)
                .first(Stream.of(data).map(json -> new Event("", json)).toList());
    }

    private static String data(String... data) {
        return String.join(
                "", Stream.of(data).map(json -> "data: " + json + "\n\n").toList());
    }

    private static Spliced again(Spliced client, String stream) throws SseException {
        client.bytes.reset();
        return client.restarted(stream.getBytes(StandardCharsets.UTF_8), new Random(7));
    }

    @Test
    void theEventInWhichTheClientsWordsEndIsCutThere() throws Exception {
        Spliced client = first(ChatDialect.INSTANCE, ROLE, content("Hello, "));
        again(client, data(ROLE, content("Hel"), content("lo, \\\"you\\\"\\n"), content("!"), FINISH, "[DONE]"));
        assertThat(client).hasToString(data(content("\\\"you\\\"\\n"), content("!"), FINISH, "[DONE]"));
        assertThat(client.diverged).isFalse();
    }

    @Test
    void wordsAreComparedDecoded() throws Exception {
        Spliced client = first(ChatDialect.INSTANCE, content("né \uD83D\uDE00e\u0301"));
        again(
                client,
                data(content("n\\u00e9 \\ud83d"), content("\\ude00e"), content("\\u0301\uD83D\uDC4D\uD83C\uDFFD")));
        assertThat(client).hasToString(data(content("\uD83D\uDC4D\uD83C\uDFFD")));
    }

    @Test
    void whatLooksTheSameAndIsNotDiffers() throws Exception {
        Spliced client = first(ChatDialect.INSTANCE, content("\u00e9t"));
        assertThat(again(client, data(content("e\u0301t"))).diverged).isTrue();
        assertThat(client).hasToString("");
    }

    @Test
    void aPairThatAnEventCutIsGoneOnWith() throws Exception {
        Spliced client = first(ChatDialect.INSTANCE, content("a\\ud83d"));
        again(client, data(content("a\uD83D\uDE00b")));
        assertThat(client).hasToString(data(content("\\ude00b")));
    }

    @Test
    void aDifferenceEndsItForGood() throws Exception {
        Spliced client = first(ChatDialect.INSTANCE, content("abc"));
        again(client, data(content("ab"), content("x"), content("c"), FINISH));
        assertThat(client.diverged).isTrue();
        assertThat(client).hasToString("");
    }

    @Test
    void anEndTooEarlyIsADifference() throws Exception {
        assertThat(again(first(ChatDialect.INSTANCE, content("abc")), data(content("ab"), FINISH)).diverged)
                .isTrue();
        assertThat(again(first(ChatDialect.INSTANCE, content("abc")), data("[DONE]")).diverged)
                .isTrue();
    }

    @Test
    void aToolCallWhereTheClientHasMoreWordsIsADifference() throws Exception {
        String call = "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"x\"}]}}]}";
        assertThat(again(first(ChatDialect.INSTANCE, content("abc")), data(content("ab"), call)).diverged)
                .isTrue();
        Spliced same = again(first(ChatDialect.INSTANCE, content("ab")), data(content("ab"), call));
        assertThat(same).hasToString(data(call));
        assertThat(same.transcript.resumable()).isFalse();
    }

    @Test
    void moreReasoningThanTheClientSawBeforeTheAnswerIsADifference() throws Exception {
        String thought = content("hm").replace("content", "reasoning_content");
        Spliced client = first(ChatDialect.INSTANCE, thought, content("a"));
        assertThat(again(client, data(thought, thought, content("a"))).diverged).isTrue();
        assertThat(client).hasToString("");
    }

    @Test
    void theFramingStaysAsItIs() throws Exception {
        Spliced client = first(ChatDialect.INSTANCE, content("ab"));
        again(client, "\uFEFF: hi\r\nid: 4\r\ndata:" + content("abc") + "\r\n\r\n: hb\r\n\r\n");
        assertThat(client).hasToString(": hi\r\nid: 4\r\ndata:" + content("c") + "\r\n\r\n: hb\r\n\r\n");
    }

    @Test
    void severalDataLinesStaySeveral() throws Exception {
        Spliced client = first(ChatDialect.INSTANCE, content("ab"));
        again(client, "event: x\ndata: {\"choices\":[\ndata: {\"delta\":{\"content\":\"abc\"}}]}\n\n");
        assertThat(client).hasToString("event: x\ndata: {\"choices\":[\ndata: {\"delta\":{\"content\":\"c\"}}]}\n\n");
    }

    @Test
    void aLineEndLeftOverFromASwallowedEventIsSwallowed() throws Exception {
        Spliced client = first(ChatDialect.INSTANCE, content("ab"));
        client.bytes.reset();
        client.restarted(
                ("data: " + content("ab") + "\r\n\r\ndata: " + content("c") + "\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8),
                new Random(7) {
                    @Override
                    public int nextInt(int bound) {
                        return 0; // byte by byte
                    }
                });
        assertThat(client.toString()).startsWith("data: ").contains(content("c"));
    }

    @Test
    void geminisLastChunkKeepsItsEndThoughItsWordsAreKnown() throws Exception {
        String whole = "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"ab\"}]},\"finishReason\":\"STOP\"}]}";
        String part = "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"ab\"}]}}]}";
        Spliced client = again(first(GeminiDialect.EVENTS, part), "data: " + whole + "\r\n\r\n");
        assertThat(client).hasToString("data: " + whole.replace("ab", "") + "\r\n\r\n");
    }

    private static String start(int index, String type) {
        return "{\"type\":\"content_block_start\",\"index\":" + index + ",\"content_block\":{\"type\":\"" + type
                + "\",\"" + type + "\":\"\"}}";
    }

    private static String delta(int index, String type, String words) {
        return "{\"type\":\"content_block_delta\",\"index\":" + index + ",\"delta\":{\"type\":\"" + type + "_delta\",\""
                + type + "\":\"" + words + "\"}}";
    }

    private static String stop(int index) {
        return "{\"type\":\"content_block_stop\",\"index\":" + index + "}";
    }

    private static final String MESSAGE = "{\"type\":\"message_start\",\"message\":{}}";
    private static final String END = "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}";

    @Test
    void blocksThatTheClientHasAreOpenedAndClosedOnce() throws Exception {
        Spliced client = first(
                MessagesDialect.INSTANCE,
                MESSAGE,
                start(0, "text"),
                delta(0, "text", "one"),
                stop(0),
                start(1, "text"));
        String[] second = {MESSAGE, start(0, "text"), delta(0, "text", "one"), stop(0), start(1, "text")};
        again(client, data(second) + data(delta(1, "text", "two"), stop(1), END));
        assertThat(client).hasToString(data(delta(1, "text", "two"), stop(1), END));
    }

    @Test
    void blocksOfOtherKindsOrEndsAreADifference() throws Exception {
        String[] known = {MESSAGE, start(0, "text"), delta(0, "text", "one"), stop(0)};
        for (List<String> second : List.of(
                List.of(MESSAGE, start(0, "thinking"), delta(0, "thinking", "one")),
                List.of(MESSAGE, start(0, "text"), delta(0, "text", "one more")),
                List.of(MESSAGE, start(0, "text"), delta(0, "text", "on"), stop(0)),
                List.of(MESSAGE, start(0, "text"), delta(0, "text", "one"), END),
                List.of(MESSAGE, start(1, "text"), delta(1, "text", "one")))) {
            Spliced client = first(MessagesDialect.INSTANCE, known);
            assertThat(again(client, data(second.toArray(String[]::new))).diverged)
                    .as("%s", second)
                    .isTrue();
            assertThat(client).hasToString("");
        }
    }

    @Test
    void anAnswerThatGoesOnTakesOverTheOpenBlock() throws Exception {
        Spliced client = first(
                MessagesDialect.INSTANCE,
                MESSAGE,
                start(0, "thinking"),
                delta(0, "thinking", "hm"),
                stop(0),
                start(1, "text"),
                delta(1, "text", "one"));
        assertThat(client.transcript.openWords()).isEqualTo("one");
        client.bytes.reset();
        client.wentOn(data(MESSAGE, start(0, "text"), delta(0, "text", " two"), stop(0), start(1, "tool_use"), END));
        assertThat(client).hasToString(data(delta(1, "text", " two"), stop(1), start(2, "tool_use"), END));
    }

    @Test
    void anAnswerThatGoesOnIsPutBehindTheClientsWords() throws Exception {
        Spliced client = first(ChatDialect.INSTANCE, ROLE, content("one"));
        client.bytes.reset();
        client.wentOn(data(ROLE, content(" two")));
        assertThat(client).hasToString(data(content(" two")));
        assertThat(client.transcript.openWords()).isEqualTo("one two");
        again(client, data(ROLE, content("one two three"), FINISH));
        assertThat(client).hasToString(data(content(" three"), FINISH));
    }

    @Test
    void anAnswerThatGoesOnWithThinkingIsADifference() throws Exception {
        Spliced client = first(MessagesDialect.INSTANCE, MESSAGE, start(0, "text"), delta(0, "text", "one"));
        assertThat(client.wentOn(data(MESSAGE, start(0, "thinking"))).diverged).isTrue();
        Spliced chat = first(ChatDialect.INSTANCE, ROLE, content("one"));
        chat.bytes.reset();
        chat.wentOn(data(ROLE, content("hm").replace("content", "reasoning_content"), content(" two")));
        assertThat(chat.diverged).isTrue();
        assertThat(chat).hasToString("");
        String words = "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"one\"}]}}]}";
        Spliced gemini = first(GeminiDialect.EVENTS, words);
        gemini.bytes.reset();
        gemini.wentOn(data(words.replace("}]", ",\"thought\":true}]"), words));
        assertThat(gemini.diverged).isTrue();
        assertThat(gemini).hasToString("");
    }

    @Test
    void thereIsNothingToGoOnFromWithoutOpenWords() throws Exception {
        assertThat(first(MessagesDialect.INSTANCE, MESSAGE, start(0, "text"))
                        .transcript
                        .openWords())
                .isNull();
        assertThat(first(MessagesDialect.INSTANCE, start(0, "text"), delta(0, "text", "a"), stop(0))
                        .transcript
                        .openWords())
                .isNull();
        assertThat(first(ChatDialect.INSTANCE, content("a").replace("content", "reasoning"))
                        .transcript
                        .openWords())
                .isNull();
        assertThat(first(ChatDialect.INSTANCE, content("a"), content("a").replace("content", "refusal"))
                        .transcript
                        .openWords())
                .isNull();
    }

    @Test
    void wordsBeyondTheLimitAreForgotten() throws Exception {
        String words = "x".repeat(Transcript.MAX_BYTES / 4);
        Spliced client = first(ChatDialect.INSTANCE, content(words), content(words));
        assertThat(client.transcript.resumable()).isTrue();
        assertThat(client.transcript.size()).isEqualTo(Transcript.MAX_BYTES);
        client.first(List.of(new Event("", content("x"))));
        assertThat(client.transcript.resumable()).isFalse();
        assertThat(client.transcript.size()).isZero();
    }
}
