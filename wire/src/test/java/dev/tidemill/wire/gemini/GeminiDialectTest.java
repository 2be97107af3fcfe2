package dev.tidemill.wire.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.ErrorMeaning;
import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.dialect.ProviderError;
import dev.tidemill.wire.dialect.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeminiDialectTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {"candidates":[{"content":{"parts":[{"text":"a"}]}}]}      | ANSWER | ANSWER
            {"totalTokens":31}                                         | ANSWER | ANSWER
            {"embedding":{"values":[0.1]}}                             | ANSWER | ANSWER
            {"promptFeedback":{"blockReason":"SAFETY"}}                | ANSWER | ANSWER
            {"candidates":[{"content":{"parts":[{"text":"\\"error\\":1"},{"error":{}}]}}]} | ANSWER | ANSWER
            {"candidates":[],"error":null}                             | ANSWER | ANSWER
            {"error":{"code":400}}                                     | ERROR  | ERROR
            [{"error":{"code":400}}]                                   | ERROR  | ERROR
            [{"candidates":[]},{"error":{"code":400}}]                 | ERROR  | ERROR
            [{"candidates":[]},{"a":"error","b":{"error":1}}]          | BAD    | ANSWER
            [{"candidates":[]}]                                        | BAD    | ANSWER
            <html></html>                                              | BAD    | BAD
            [{"error":{}                                               | BAD    | BAD
            {"x":{"error":"}                                           | BAD    | BAD
            """)
    void isToldByItsBody(String body, Verdict events, Verdict array) {
        byte[] a = ("\n" + body + "\n").getBytes(StandardCharsets.UTF_8);
        assertThat(GeminiDialect.EVENTS.judge(a, 0, a.length)).isEqualTo(events);
        assertThat(GeminiDialect.ARRAY.judge(a, 0, a.length)).isEqualTo(array);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            google-text.json,              9,  272,  244
            google-tool-call-gemini3.json, 29, 1816, 1801
            """)
    void aWholeAnswerSaysWhatItCost(String file, long input, long output, long thoughts) {
        byte[] a = Fixtures.bytes("streams/vercel-ai/google/" + file);
        assertThat(GeminiDialect.EVENTS.judge(a, 0, a.length)).isEqualTo(Verdict.ANSWER);
        assertThat(GeminiDialect.EVENTS.usage(a, 0, a.length)).isEqualTo(new Usage(input, 0, 0, 0, output, thoughts));
    }

    @Test
    void ofAnArrayTheLastElementSaysWhatItCost() {
        assertThat(
                        usage(
                                "[{\"usageMetadata\":{\"promptTokenCount\":1}},{\"usageMetadata\":{\"promptTokenCount\":2}},{}]"))
                .isEqualTo(new Usage(2, 0, 0, 0, 0, 0));
        assertThat(usage("[7]")).isNull();
        assertThat(usage("[]")).isNull();
        assertThat(usage("{\"totalTokens\":31}")).isNull();
        assertThat(usage("")).isNull();
    }

    @Test
    void aRecordedRefusalSaysHowLongToWait() {
        byte[] a = Fixtures.bytes("streams/vercel-ai/google/google-429-retry-info.json");
        ProviderError expected = new ProviderError(
                "GenerateRequestsPerMinutePerProjectPerModel-FreeTier",
                "RESOURCE_EXHAUSTED",
                "You exceeded your current quota, please check your plan.",
                429,
                Duration.ofMillis(34_400));
        assertThat(GeminiDialect.EVENTS.error(a, 0, a.length)).isEqualTo(expected);
        byte[] list = ("[" + new String(a, StandardCharsets.UTF_8) + "]").getBytes(StandardCharsets.UTF_8);
        assertThat(GeminiDialect.ARRAY.error(list, 0, list.length)).isEqualTo(expected);
    }

    @Test
    void aRefusedKeyIsToldByItsReason() {
        String body =
                "{\"error\":{\"code\":400,\"message\":\"API key not valid.\",\"status\":\"INVALID_ARGUMENT\",\"details\":["
                        + "{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"API_KEY_INVALID\"}]}}";
        assertThat(error(body))
                .isEqualTo(new ProviderError("API_KEY_INVALID", "INVALID_ARGUMENT", "API key not valid.", 400, null));
    }

    @Test
    void aQuotaThatIsUsedUpIsToldByItsNameADaysFirst() {
        String minute = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier";
        String day = "GenerateRequestsPerDayPerProjectPerModel-FreeTier";
        String form = "{\"error\":{\"code\":429,\"message\":\"m\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":["
                + "{\"@type\":\"type.googleapis.com/google.rpc.QuotaFailure\",\"violations\":[%s]},"
                + "{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"18s\"}]}}";
        String violation = "{\"quotaMetric\":\"x\",\"quotaId\":\"%s\",\"quotaValue\":\"50\"}";
        ProviderError both = error(form.formatted(violation.formatted(minute) + "," + violation.formatted(day)));
        assertThat(both).isEqualTo(new ProviderError(day, "RESOURCE_EXHAUSTED", "m", 429, Duration.ofSeconds(19)));
        assertThat(ErrorMeaning.isDaily(both)).isTrue();
        assertThat(ErrorMeaning.of(429, both)).isEqualTo(ErrorMeaning.RATE_LIMITED);
        assertThat(error(form.formatted(violation.formatted(minute))).code()).isEqualTo(minute);
        assertThat(error(form.formatted("7,{},{\"quotaId\":7}")).code()).isEmpty();
        assertThat(error(form.formatted("{\"quotaId\":")).type()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            48s,               PT49S
            48.9s,             PT48.9S
            0s,                PT1S
            0.000000001s,      PT0.000000001S
            86401s,            PT24H
            999999999999s,     PT24H
            9999999999999s,    PT24H
            -1s,               -
            1.0000000000s,     -
            48,                -
            1m,                -
            s,                 -
            """)
    void theDelayOfRetryInfo(String text, Duration expected) {
        assertThat(error("{\"error\":{\"details\":[7,{},{\"retryDelay\":\"" + text + "\"}]}}")
                        .retryAfter())
                .isEqualTo(expected);
    }

    @Test
    void otherErrorBodies() {
        assertThat(error("{\"error\":\"busy\"}")).isEqualTo(new ProviderError("", "", "busy", 0, null));
        assertThat(error("{\"message\":\"busy\"}")).isEqualTo(new ProviderError("", "", "busy", 0, null));
        for (String body :
                new String[] {"", "<html>", "[", "[]", "[7]", "[{\"error\":", "{\"error\":{\"details\":[{"}) {
            assertThat(error(body)).as(body).isEqualTo(ProviderError.WORDLESS);
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            400, INVALID_ARGUMENT
            401, UNAUTHENTICATED
            402, RESOURCE_EXHAUSTED
            403, PERMISSION_DENIED
            404, NOT_FOUND
            408, DEADLINE_EXCEEDED
            413, INVALID_ARGUMENT
            429, RESOURCE_EXHAUSTED
            500, INTERNAL
            502, UNAVAILABLE
            503, UNAVAILABLE
            504, DEADLINE_EXCEEDED
            529, UNAVAILABLE
            """)
    void ourErrorHasGooglesWordForItsStatus(int status, String word) {
        ErrorText error = new ErrorText(status, "ignored", "model", "some_code", "é", "req_7");
        String json = "{\"error\":{\"code\":" + status + ",\"message\":\"é\",\"status\":\"" + word + "\"}}";
        assertThat(new String(GeminiDialect.EVENTS.errorBody(error), StandardCharsets.UTF_8))
                .isEqualTo(json);
        assertThat(new String(GeminiDialect.ARRAY.errorBody(error), StandardCharsets.UTF_8))
                .isEqualTo("[" + json + "]");
    }

    private static ProviderError error(String body) {
        byte[] a = body.getBytes(StandardCharsets.UTF_8);
        return GeminiDialect.EVENTS.error(a, 0, a.length);
    }

    private static Usage usage(String body) {
        byte[] a = body.getBytes(StandardCharsets.UTF_8);
        return GeminiDialect.ARRAY.usage(a, 0, a.length);
    }
}
