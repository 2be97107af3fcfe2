package dev.tidemill.wire.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SseReaderLimitsTest {
    private final SseReader reader = new SseReader(100);

    @Test
    void anEventOfJustTheLimitIsTaken() throws SseException {
        byte[] stream = ("data: " + "x".repeat(92) + "\n\n").getBytes(StandardCharsets.UTF_8);
        assertThat(SseEvent.read(reader, stream).blocks()).hasSize(1);
        assertThat(SseEvent.read(reader, stream, 50).blocks()).hasSize(1);
    }

    @Test
    void anEventAboveTheLimitIsRefusedWhereverItIsCut() {
        byte[] stream = ("data: " + "x".repeat(93) + "\n\n").getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= stream.length; cut++) {
            int at = cut;
            assertThatThrownBy(() -> SseEvent.read(reader, stream, at))
                    .isInstanceOf(SseException.class)
                    .hasMessage("event: 101 bytes or more (expected: <= 100)");
        }
    }

    @Test
    void aLineWithoutEndIsRefused() {
        byte[] stream = "x".repeat(101).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> SseEvent.read(reader, stream)).isInstanceOf(SseException.class);
        assertThatThrownBy(() -> SseEvent.read(reader, stream, 99)).isInstanceOf(SseException.class);
    }

    @Test
    void manyShortLinesOfOneEventAreRefused() {
        byte[] stream = "data: 1\n".repeat(20).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> SseEvent.read(reader, stream)).isInstanceOf(SseException.class);
        assertThatThrownBy(() -> SseEvent.read(reader, stream, 5, 50, 90)).isInstanceOf(SseException.class);
    }

    @Test
    void theNextSegmentMustWaitForTheOneBefore() throws SseException {
        byte[] stream = "data: a\n\ndata: b\n\n".getBytes(StandardCharsets.UTF_8);
        reader.feed(stream, 0, stream.length);
        assertThat(reader.next()).isTrue();
        assertThatThrownBy(() -> reader.feed(stream, 0, 1)).hasMessage("segment: 9 bytes left (expected: 0)");
    }

    @Test
    void aBlockInOneSegmentIsToldWhereItLies() throws SseException {
        byte[] stream = "event: e\ndata: a\n\n".getBytes(StandardCharsets.UTF_8);
        reader.feed(stream, 0, stream.length);
        assertThat(reader.next()).isTrue();
        assertThat(reader.raw()).isSameAs(stream);
        assertThat(reader.data()).isSameAs(stream);
        assertThat(reader.eventIs(new byte[] {'e'})).isTrue();
        assertThat(reader.eventIs(new byte[] {'f'})).isFalse();
    }

    @Test
    void whatTheStandardDropsAtTheEndCanStillBeLookedAt() throws SseException {
        for (String end : new String[] {"", "\n", "\r\n"}) {
            byte[] stream = ("data: a\n\ndata: b\r\ndata: c" + end).getBytes(StandardCharsets.UTF_8);
            for (int cut = 0; cut <= stream.length; cut++) {
                SseEvent.Told told = SseEvent.read(reader, stream, cut);
                assertThat(told.blocks()).hasSize(1);
                assertThat(reader.finish()).isTrue();
                assertThat(new String(
                                reader.data(),
                                reader.dataFrom(),
                                reader.dataTo() - reader.dataFrom(),
                                StandardCharsets.UTF_8))
                        .isEqualTo("b\nc");
            }
        }
    }

    @Test
    void afterAResetNothingIsLeft() throws SseException {
        byte[] half = "event: e\ndata: a".getBytes(StandardCharsets.UTF_8);
        reader.feed(half, 0, half.length);
        assertThat(reader.next()).isFalse();
        assertThat(reader.tail()).isEqualTo(half.length);
        reader.reset();
        assertThat(reader.tail()).isZero();
        byte[] stream = "data: b\n\n".getBytes(StandardCharsets.UTF_8);
        assertThat(SseEvent.read(reader, stream).blocks()).containsExactly(new SseEvent("b", null, null, -1, null));
    }
}
