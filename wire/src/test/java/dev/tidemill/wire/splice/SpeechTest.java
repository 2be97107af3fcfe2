package dev.tidemill.wire.splice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.anthropic.MessagesDialect;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.gemini.GeminiDialect;
import dev.tidemill.wire.json.Edits;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.openai.ChatDialect;
import dev.tidemill.wire.openai.ResponsesDialect;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where events have words, and what of them cannot be told twice. */
class SpeechTest {
    /** {@code block/voice:words} for each text, the frame if there is one, and {@code firm}. */
    private static String read(Dialect dialect, String json) {
        byte[] data = ("  " + json + " ").getBytes(StandardCharsets.UTF_8);
        Said said = dialect.speech().read(data, 0, data.length);
        StringBuilder seen = new StringBuilder();
        for (Said.Text text : said.texts()) {
            seen.append(text.block())
                    .append('/')
                    .append(text.voice())
                    .append(':')
                    .append(JsonText.string(data, text.from(), text.to()))
                    .append(' ');
        }
        if (said.frame() != Said.Frame.NONE) {
            seen.append(said.frame()).append(' ').append(said.block()).append(' ');
            if (said.frame() == Said.Frame.START) {
                seen.append(said.voice()).append(' ');
            }
        }
        return (seen + (said.firm() ? "firm" : "")).strip();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]} ~ ''
            {"choices":[{"index":0,"delta":{"content":"Hel\\u006co","role":"assistant"},"logprobs":null}]} ~ 0/TEXT:Hello
            {"choices":[{"index":0,"delta":{"content":null,"reasoning_content":"Hm"}}]} ~ 1/THOUGHT:Hm
            {"choices":[{"index":0,"delta":{"content":"a","reasoning":"b","reasoning_details":[]}}]} ~ 0/TEXT:a 2/THOUGHT:b
            {"choices":[{"index":0,"delta":{"refusal":"No"}}]} ~ 3/REFUSAL:No
            {"choices":[{"index":0,"text":"old","finish_reason":null}]} ~ 0/TEXT:old
            {"choices":[{"index":0,"delta":{"content":"last"},"finish_reason":"stop"}]} ~ 0/TEXT:last firm
            {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]} ~ firm
            {"choices":[{"index":1,"delta":{"content":"a"}}]} ~ 0/TEXT:a firm
            {"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{"content":"b"}}]} ~ firm
            {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"x"}]}}]} ~ firm
            {"choices":[{"index":0,"delta":{"content":[{"type":"text","text":"a"}]}}]} ~ firm
            {"choices":[{"index":0,"delta":{"audio":{"data":"AAAA"}}}]} ~ firm
            {"choices":[{"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a"}]}}]} ~ 0/TEXT:a firm
            {"choices":[],"id":"","prompt_filter_results":[{"prompt_index":0}]} ~ ''
            {"choices":[],"usage":{"prompt_tokens":1}} ~ ''
            [DONE] ~ firm
            {"choices":[{"index":0,"delta":{"content":"a ~ firm
            """)
    void chat(String json, String expected) {
        assertThat(read(ChatDialect.INSTANCE, json)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            {"type":"message_start","message":{"content":[],"role":"assistant"}} ~ ''
            {"type":"ping"} ~ ''
            {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}} ~ START 1 TEXT
            {"content_block":{"thinking":"","signature":"","type":"thinking"},"index":0,"type":"content_block_start"} ~ START 0 THOUGHT
            {"type":"content_block_start","index":1,"content_block":{"type":"text","text":"a"}} ~ firm
            {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","input":{}}} ~ firm
            {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"x"}} ~ firm
            {"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"é"}} ~ 2/TEXT:é
            {"type":"content_block_delta","index":2,"delta":{"text":"a","type":"text_delta"}      } ~ 2/TEXT:a
            {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}} ~ 0/THOUGHT:Hm
            {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}} ~ ''
            {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"x"}} ~ firm
            {"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"a":1}}} ~ firm
            {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":""}} ~ firm
            {"type":"content_block_stop","index":0} ~ STOP 0
            {"type":"content_block_stop"} ~ firm
            {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}} ~ firm
            {"type":"message_stop"} ~ firm
            {"type":"never_seen"} ~ firm
            """)
    void messages(String json, String expected) {
        assertThat(read(MessagesDialect.INSTANCE, json)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            {"candidates":[{"content":{"parts":[{"text":"a"}],"role":"model"},"index":0}],"usageMetadata":{"x":1}} ~ 0/TEXT:a
            {"candidates":[{"content":{"parts":[{"text":"b","thought":true},{"text":"a"},{"text":"c"}]}}]} ~ 1/THOUGHT:b 0/TEXT:a 0/TEXT:c
            {"candidates":[{"content":{"parts":[{"text":"z"}]},"finishReason":"STOP"}]} ~ 0/TEXT:z firm
            {"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"FINISH_REASON_UNSPECIFIED"}]} ~ 0/TEXT:a
            {"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"x"}]}}]} ~ firm
            {"candidates":[{"content":{"parts":[{"text":"a","thoughtSignature":"x"}]}}]} ~ 0/TEXT:a firm
            {"candidates":[{"content":{"parts":[{"functionCall":{}}]}}]} ~ firm
            {"candidates":[{"content":{"parts":[{"inlineData":{"data":"x"}}]}}]} ~ firm
            {"candidates":[{"content":{"parts":[{"text":"a"}]},"index":1}]} ~ 0/TEXT:a firm
            {"promptFeedback":{"blockReason":"SAFETY"}} ~ firm
            {"usageMetadata":{"promptTokenCount":1}} ~ ''
            {} ~ ''
            """)
    void gemini(String json, String expected) {
        assertThat(read(GeminiDialect.EVENTS, json)).isEqualTo(expected);
    }

    @Test
    void otherFormsHaveNoSpeech() {
        assertThat(GeminiDialect.ARRAY.speech()).isNull();
        assertThat(ResponsesDialect.INSTANCE.speech()).isNull();
    }

    private static String goOn(Dialect dialect, String body, String words) {
        byte[] bytes = ("xx" + body).getBytes(StandardCharsets.UTF_8);
        Edits edits = dialect.speech().goOn(bytes, 2, bytes.length, words);
        if (edits == null) {
            return "null";
        }
        byte[] edited = new byte[edits.size(bytes.length - 2)];
        edits.writeTo(bytes, 2, bytes.length, edited, 0);
        return new String(edited, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            { "messages" : [{"role":"user","content":"x"} ] , "a":1} ~ { "messages" : [{"role":"user","content":"x"},{"role":"assistant","content":"so \\"far\\""} ] , "a":1}
            {"messages":[{"role":"assistant","content":"x"}]} ~ null
            {"messages":[]} ~ null
            {"prompt":"x"} ~ null
            """)
    void aChatGoesOnFromTheAssistantsWords(String body, String expected) {
        assertThat(goOn(ChatDialect.INSTANCE, body, "so \"far\"")).isEqualTo(expected);
    }

    @Test
    void aMessageGoesOnUnlessItsWordsEndWithWhiteSpace() {
        String body =
                "{\"messages\":[{\"role\":\"assistant\",\"content\":\"b\"},{\"role\":\"user\",\"content\":\"a\"}]}";
        assertThat(goOn(MessagesDialect.INSTANCE, body, "so far"))
                .isEqualTo(body.replace("\"a\"}", "\"a\"},{\"role\":\"assistant\",\"content\":\"so far\"}"));
        assertThat(goOn(MessagesDialect.INSTANCE, body, "so far ")).isEqualTo("null");
        assertThat(goOn(MessagesDialect.INSTANCE, body, "so far\u00a0")).isEqualTo("null");
    }

    @Test
    void geminiGoesOnFromTheModelsWords() {
        String body = "{\"contents\":[{\"parts\":[{\"text\":\"a\"}]}]}";
        assertThat(goOn(GeminiDialect.EVENTS, body, "世界 "))
                .isEqualTo(
                        "{\"contents\":[{\"parts\":[{\"text\":\"a\"}]},{\"role\":\"model\",\"parts\":[{\"text\":\"世界 \"}]}]}");
    }
}
