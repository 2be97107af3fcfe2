package dev.tidemill.wire.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemill.wire.GrowingBytes;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SseWriterTest {
    private final GrowingBytes out = new GrowingBytes(1000);

    @Test
    void plainEvent() {
        event(null, "{}");
        assertThat(text()).isEqualTo("data: {}\n\n");
    }

    @Test
    void namedEventWithSeveralLines() throws SseException {
        event("e", "a\nb\r\nc\rd\n");
        assertThat(text()).isEqualTo("event: e\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n");
        assertThat(SseEvent.read(new SseReader(1000), out.toBytes()).blocks())
                .containsExactly(new SseEvent("a\nb\nc\nd\n", "e", null, -1, null));
    }

    @Test
    void emptyData() {
        event(null, "");
        assertThat(text()).isEqualTo("data: \n\n");
    }

    @Test
    void comment() {
        SseWriter.comment(out, "waiting");
        assertThat(text()).isEqualTo(": waiting\n\n");
    }

    @Test
    void lineEndsThatWouldForgeAFieldAreRefused() {
        assertThatThrownBy(() -> event("a\ndata: x", "{}")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SseWriter.comment(out, "a\r")).isInstanceOf(IllegalArgumentException.class);
        assertThat(out.size()).isZero();
    }

    @Test
    void theSinkHasALimit() {
        assertThatThrownBy(() -> event(null, "x".repeat(1000))).hasMessage("size: 1006 (expected: <= 1000)");
    }

    private void event(String name, String data) {
        byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
        SseWriter.event(out, name, bytes, 0, bytes.length);
    }

    private String text() {
        return new String(out.toBytes(), StandardCharsets.UTF_8);
    }
}
