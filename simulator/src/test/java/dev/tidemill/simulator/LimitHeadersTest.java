package dev.tidemill.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits in the headers of each vendor. */
class LimitHeadersTest {
    private static String head(Simulator sim, Spoken protocol) throws IOException {
        return protocol.ask(sim, "", false, false).head();
    }

    @ParameterizedTest
    @CsvSource({
        "openai, x-ratelimit-remaining-requests: , x-ratelimit-reset-requests: [0-9.m]+s",
        "azure, x-ratelimit-remaining-requests: , x-ratelimit-reset-requests: \\d+\\r",
        "groq, x-ratelimit-remaining-requests: , x-ratelimit-reset-tokens: \\d+(\\.\\d+)?m?s",
        "xai, x-ratelimit-remaining-requests: , x-ratelimit-limit-tokens: 4000\\r",
        "mistral, x-ratelimit-remaining-req-minute: , x-ratelimit-tokens-query-cost: \\d+\\r",
        "together, x-ratelimit-remaining: , x-ratelimit-reset: \\d+\\r",
        "anthropic, anthropic-ratelimit-requests-remaining: , anthropic-ratelimit-tokens-reset: \\d{4}-\\d\\d-\\d\\dT[0-9:]{8}Z\\r",
    })
    void whatIsLeftFollowsTheRequests(String vendor, String remaining, String reset) throws Exception {
        try (Simulator sim = Simulator.start(Behaviour.of("rpm=4+limits=" + vendor), 0)) {
            for (int left = 3; left >= 0; left--) {
                assertThat(head(sim, Spoken.CHAT))
                        .startsWith("HTTP/1.1 200")
                        .contains(remaining.strip() + " " + left + "\r\n")
                        .containsPattern(reset);
            }
            assertThat(head(sim, Spoken.CHAT))
                    .startsWith("HTTP/1.1 429")
                    .contains(remaining.strip() + " 0\r\n", "retry-after: 15\r\n")
                    .matches(head -> head.contains("retry-after-ms: 0\r\n") == vendor.equals("azure"));
        }
    }

    @Test
    void aProtocolHasItsOwnHeadersWhenNoneAreNamed() throws Exception {
        try (Simulator sim = Simulator.start(Behaviour.of("rpm=3"), 0)) {
            assertThat(head(sim, Spoken.MESSAGES)).contains("anthropic-ratelimit-requests-remaining: 2\r\n");
            assertThat(head(sim, Spoken.RESPONSES)).contains("x-ratelimit-remaining-requests: 1\r\n");
            assertThat(head(sim, Spoken.GEMINI)).doesNotContain("ratelimit");
            RawClient.Got refused = Spoken.GEMINI.ask(sim, "", false, false);
            assertThat(refused.head()).startsWith("HTTP/1.1 429").doesNotContain("retry-after");
            assertThat(Spoken.json(refused).at("/error/details/1/retryDelay").asString())
                    .isEqualTo("20s");
        }
    }

    @Test
    void limitsAreToldWithoutBeingKept() throws Exception {
        try (Simulator sim = Simulator.start(Behaviour.of("limits"), 0)) {
            assertThat(head(sim, Spoken.CHAT)).contains("x-ratelimit-remaining-requests: 9999\r\n");
        }
    }

    @Test
    void durationsAreWrittenAsRecorded() {
        assertThat(Vendor.duration(0, 3)).isEqualTo("0s");
        assertThat(Vendor.duration(0.012, 3)).isEqualTo("12ms");
        assertThat(Vendor.duration(1.182, 3)).isEqualTo("1.182s");
        assertThat(Vendor.duration(20, 3)).isEqualTo("20s");
        assertThat(Vendor.duration(1252.666, 3)).isEqualTo("20m52.666s");
        assertThat(Vendor.duration(60, 3)).isEqualTo("1m0s");
    }
}
