package dev.tidemill.wire.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.dialect.ProviderError;
import dev.tidemill.wire.dialect.Verdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesDialectTest {
    private static final MessagesDialect DIALECT = MessagesDialect.INSTANCE;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {"type":"message","content":[{"type":"text","text":"a"}]}                 | ANSWER
            {"id":"m","type":"message","content":[{"text":"\\"error\\""}]}            | ANSWER
            {"id":"m","content":[{"type":"error"}],"type":"message"}                  | ANSWER
            {"input_tokens":14}                                                       | ANSWER
            {"type":"error","error":{"type":"overloaded_error","message":"x"}}        | ERROR
            {"request_id":"r","error":{"message":"x"},"type":"error"}                 | ERROR
            {"error":{"message":"x"}}                                                 | ERROR
            {"id":"m","error":null}                                                   | ANSWER
            {"id":"m","error":{"message":"x}                                          | BAD
            <html></html>                                                             | BAD
            {"type":"message","content":[                                             | BAD
            """)
    void isToldByItsBody(String body, Verdict expected) {
        byte[] a = ("\n" + body + "\n").getBytes(StandardCharsets.UTF_8);
        assertThat(DIALECT.judge(a, 0, a.length)).isEqualTo(expected);
    }

    /** Columns: file, uncached input, read from the cache, written for five minutes, for an hour, output, thinking. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            anthropic-text.json,                          12,   0, 0, 0,  29, 0
            anthropic-compaction.1.json,               61067,   0, 0, 0, 1912, 0
            anthropic-web-search-tool.1.json,          27118,   0, 0, 0, 600, 0
            anthropic-fallback.json,                     412,   0, 0, 0, 264, 0
            """)
    void aWholeAnswerSaysWhatItCost(
            String file, long uncached, long read, long five, long hour, long output, long thinking) {
        byte[] a = Fixtures.bytes("streams/vercel-ai/anthropic/" + file);
        assertThat(DIALECT.usage(a, 0, a.length)).isEqualTo(new Usage(uncached, read, five, hour, output, thinking));
    }

    @Test
    void everyRecordedAnswerIsOneAndSaysWhatItCost() {
        for (Path file : Fixtures.files("streams/vercel-ai/anthropic", ".json")) {
            if (file.toString().contains("skills")) {
                continue; // another API
            }
            byte[] a = Fixtures.bytes(file);
            assertThat(DIALECT.judge(a, 0, a.length)).as("%s", file).isEqualTo(Verdict.ANSWER);
            assertThat(DIALECT.usage(a, 0, a.length)).as("%s", file).isNotNull();
        }
    }

    @Test
    void countingTokensCostsNothing() {
        assertThat(usage("{\"input_tokens\":14}")).isNull();
        assertThat(usage("{\"usage\":null}")).isNull();
        assertThat(usage("[]")).isNull();
        assertThat(usage("")).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', nullValues = "-", textBlock = """
            {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":null} | overloaded_error      | Overloaded | 529
            {"error":{"message":"no","type":"rate_limit_error"}}                                          | rate_limit_error      | no         | 429
            {"error":{"type":"authentication_error","message":"no"}}                                      | authentication_error  | no         | 401
            {"error":{"type":"new_error","message":7}}                                                    | new_error             | ^^         | 0
            {"error":"busy"}                                                                              | ^^                    | busy       | 0
            {"message":"busy","type":"x"}                                                                 | x                     | busy       | 0
            <html>                                                                                        | ^^                    | ^^         | 0
            """)
    void aProvidersError(String body, String type, String message, int status) {
        byte[] a = body.getBytes(StandardCharsets.UTF_8);
        assertThat(DIALECT.error(a, 0, a.length)).isEqualTo(new ProviderError("", type, message, status, null));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            400, invalid_request_error
            401, authentication_error
            402, billing_error
            403, permission_error
            404, not_found_error
            405, invalid_request_error
            408, timeout_error
            413, request_too_large
            415, invalid_request_error
            429, rate_limit_error
            500, api_error
            502, api_error
            503, overloaded_error
            504, timeout_error
            529, overloaded_error
            """)
    void ourErrorHasAnthropicsWordForItsStatus(int status, String type) {
        byte[] body = DIALECT.errorBody(new ErrorText(status, "ignored", "model", "some_code", "é", "req_7"));
        assertThat(new String(body, StandardCharsets.UTF_8))
                .isEqualTo("{\"type\":\"error\",\"error\":{\"type\":\"" + type
                        + "\",\"message\":\"é\",\"code\":\"some_code\"},\"request_id\":\"req_7\"}");
    }

    private static Usage usage(String body) {
        byte[] a = body.getBytes(StandardCharsets.UTF_8);
        return DIALECT.usage(a, 0, a.length);
    }
}
