package dev.tidemill.bench.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StreamedChatTest {
    private static final String WORDS = """
            data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

            : a comment

            data: {"choices":[{"index":0,"delta":{"content":"潮"},"finish_reason":null}]}

            data: {"choices":[{"index":0,"delta":{"content":" mill"},"finish_reason":null}]}

            data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            """;
    private static final String USAGE = "data: {\"choices\":[],\"usage\":{\"total_tokens\":9}}\n\n";

    @Test
    void wholeStreamGivesTextFinishUsageAndOneEnd() throws IOException {
        StreamedChat chat = read(WORDS + USAGE + "data: [DONE]\n\n");
        assertThat(chat.text()).isEqualTo("潮 mill");
        assertThat(chat.finish()).isEqualTo("stop");
        assertThat(chat.usage()).isNotNull();
        assertThat(chat.ends()).isEqualTo(1);
        assertThat(chat.after()).isZero();
    }

    @Test
    void cutStreamHasNoEnd() throws IOException {
        assertThat(read(WORDS).ends()).isZero();
    }

    @Test
    void eventsAfterTheEndAreCounted() throws IOException {
        StreamedChat chat = read(WORDS + "data: [DONE]\n\n" + USAGE + "data: [DONE]\n\n");
        assertThat(chat.ends()).isEqualTo(2);
        assertThat(chat.after()).isEqualTo(2);
    }

    private static StreamedChat read(String text) throws IOException {
        return StreamedChat.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }
}
