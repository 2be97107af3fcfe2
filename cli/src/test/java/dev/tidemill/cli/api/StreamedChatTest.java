package dev.tidemill.cli.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamedChatTest {
    @Test
    void aWholeAnswerIsShownPieceByPieceAndMeasured() throws Exception {
        StringBuilder shown = new StringBuilder();
        try (Simulator simulator = Simulator.start(Behaviour.of("ttft=50ms+speed=400+tokens=20"), 0);
                Api api = new Api(URI.create(simulator.origin()), "k")) {
            StreamedChat chat = StreamedChat.run(api, "m", "hello", shown::append);

            assertThat(chat.text()).isNotBlank().isEqualTo(shown.toString());
            assertThat(chat.outputTokens()).isEqualTo(20);
            assertThat(chat.inputTokens()).isPositive();
            assertThat(chat.ttftNanos()).isGreaterThanOrEqualTo(50_000_000L);
            assertThat(chat.lastNanos()).isGreaterThan(chat.ttftNanos());
            assertThat(chat.summary()).contains("20 tokens");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sse-cr",
                "sse-crlf",
                "sse-bom",
                "sse-comments",
                "sse-multiline",
                "sse-no-space",
                "sse-frames",
                "sse-merged"
            })
    void everyLegalFormOfAStreamIsRead(String form) throws Exception {
        try (Simulator simulator = Simulator.start(Behaviour.of("tokens=20+" + form), 0);
                Api api = new Api(URI.create(simulator.origin()), "k")) {
            assertThat(StreamedChat.run(api, "m", "hello", piece -> {}).outputTokens())
                    .isEqualTo(20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut-after=3", "truncate-after=3", "no-done", "error-event", "bad-json=2"})
    void aBrokenStreamIsNeverTakenForAWholeAnswer(String fault) throws Exception {
        try (Simulator simulator = Simulator.start(Behaviour.of(fault), 0);
                Api api = new Api(URI.create(simulator.origin()), "k")) {
            assertThatThrownBy(() -> StreamedChat.run(api, "m", "hello", piece -> {}))
                    .isInstanceOf(CommandFailed.class)
                    .hasMessageContaining("the stream");
        }
    }

    @Test
    void anErrorIsToldWithItsStatusAndMessage() throws Exception {
        try (Simulator simulator = Simulator.start(Behaviour.of("status=429"), 0);
                Api api = new Api(URI.create(simulator.origin()), "k")) {
            assertThatThrownBy(() -> StreamedChat.run(api, "m", "hello", piece -> {}))
                    .isInstanceOf(CommandFailed.class)
                    .hasMessageContaining("answered 429: ");
        }
    }
}
