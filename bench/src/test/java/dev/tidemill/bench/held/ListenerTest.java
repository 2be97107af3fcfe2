package dev.tidemill.bench.held;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListenerTest {
    private static final long SECOND = 1_000_000_000;
    private static final String HEAD =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    private static final String ROLE = event("{\"role\":\"assistant\",\"content\":\"\"}", "null");
    private static final String WORD = event("{\"content\":\"tide\"}", "null");
    private static final String FINISH = event("{}", "\"stop\"");
    private static final String DONE = chunk("data: [DONE]\n\n");
    private static final String END = "0\r\n\r\n";

    @Test
    void aStreamIsWholeHoweverItWasCut() {
        String all = HEAD + ROLE + WORD + WORD + FINISH + DONE + END;
        for (int size = 1; size <= all.length(); size++) {
            Listener one = new Listener(2, 0);
            for (int at = 0; at < all.length(); at += size) {
                assertThat(one.whole()).isFalse();
                hear(one, all.substring(at, Math.min(at + size, all.length())), at);
            }
            assertThat(one.fault()).isNull();
            assertThat(one.whole()).as("in reads of " + size).isTrue();
        }
    }

    @Test
    void whatIsMissingOrTooMuchIsToldAtTheEnd() {
        for (String wrong : List.of(
                HEAD + ROLE + WORD + FINISH + DONE + END,
                HEAD + ROLE + WORD + WORD + DONE + END,
                HEAD + ROLE + WORD + WORD + FINISH + END,
                HEAD + ROLE + WORD + WORD + FINISH + DONE,
                HEAD + ROLE + WORD + WORD + WORD + FINISH + DONE + END,
                HEAD + ROLE + WORD + WORD + FINISH + DONE + WORD + END,
                HEAD + ROLE + WORD + chunk("data: {\"error\":{\"message\":\"broken\"}}\n\n") + END,
                "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\n{}",
                "")) {
            Listener one = new Listener(2, 0);
            hear(one, wrong, 0);
            one.closed("closed");
            assertThat(one.whole()).as(wrong).isFalse();
            assertThat(one.fault()).as(wrong).isNotEmpty();
        }
    }

    @Test
    void aPieceIsLateByThePaceOfTheEarliest() {
        Listener one = new Listener(3, -SECOND);
        hear(one, HEAD + ROLE + WORD, SECOND / 2);
        hear(one, WORD, SECOND);
        hear(one, WORD, 3 * SECOND);
        Heard heard = Heard.between(SECOND, 4 * SECOND, List.of(one));
        assertThat(heard.pieces()).isEqualTo(2);
        assertThat(heard.first().millis(1)).isEqualTo(1500);
        assertThat(heard.gaps().millis(1)).isEqualTo(2000);
        assertThat(heard.late().millis(0.5)).isZero();
        assertThat(heard.late().millis(1)).isEqualTo(1000);
    }

    private static void hear(Listener one, String text, long now) {
        byte[] a = text.getBytes(StandardCharsets.US_ASCII);
        one.hear(a, a.length, now);
    }

    private static String event(String delta, String finish) {
        return chunk(
                "data: {\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":%s}]}\n\n".formatted(delta, finish));
    }

    private static String chunk(String payload) {
        return "%x\r\n%s\r\n".formatted(payload.length(), payload);
    }
}
