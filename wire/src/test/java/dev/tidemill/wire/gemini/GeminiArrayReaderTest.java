package dev.tidemill.wire.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.sse.SseException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiArrayReaderTest {
    /** What was told of a text: the blocks that are an event, by their data, all bytes, and what was kept at the end. */
    private record Told(List<String> data, String raw, int tail, boolean closed) {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"a\":1}\n,\r\n{\"a\":2}\n]",
                "[{\"a\":1},{\"a\":2}]\n",
                "  [ {\"a\":\"}]\\\"{[\\\\\"} , {\"b\":[[{}],\"\\\\\\\"\"]},{} ]  \n",
                "[{\"a\":\"привет 你好 \\u007d\"}]",
                "[]",
                " [ ] ",
                "{\"error\":{\"code\":400}}\n",
            })
    void anyCutTellsTheSame(String text) throws SseException {
        Told atOnce = read(text, text.getBytes(StandardCharsets.UTF_8).length);
        assertThat(atOnce.raw).isEqualTo(text);
        assertThat(atOnce.tail).isZero();
        assertThat(atOnce.closed).isTrue();
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        for (int one = 0; one <= length; one++) {
            for (int two = one; two <= length; two++) {
                assertThat(read(text, one, two, length)).isEqualTo(atOnce);
            }
        }
        int[] each = new int[length];
        Arrays.setAll(each, i -> i + 1);
        assertThat(read(text, each)).isEqualTo(atOnce);
    }

    @Test
    void elementsAreToldByteForByte() throws SseException {
        assertThat(read("  [ {\"a\":\"}]\\\"{[\\\\\"} ,\n{\"b\":[[{}]]},{}]").data)
                .containsExactly("{\"a\":\"}]\\\"{[\\\\\"}", "{\"b\":[[{}]]}", "{}");
        assertThat(read("[]").data).isEmpty();
        assertThat(read("{\"error\":{}}").data).containsExactly("{\"error\":{}}");
    }

    @Test
    void anElementIsToldWithItsLastBrace() throws SseException {
        GeminiArrayReader reader = new GeminiArrayReader();
        feed(reader, "[{\"a\":1}");
        assertThat(reader.next()).isTrue();
        assertThat(new String(
                        reader.raw(), reader.rawFrom(), reader.rawTo() - reader.rawFrom(), StandardCharsets.UTF_8))
                .isEqualTo("[{\"a\":1}");
        assertThat(reader.tail()).isZero();
        assertThat(reader.next()).isFalse();
        feed(reader, "\n,\r\n{\"a\":");
        assertThat(reader.next()).isFalse();
        assertThat(reader.tail()).isEqualTo(9);
        assertThat(reader.closed()).isFalse();
    }

    /** The rest of what came is one bad event, and so is each segment after it; nothing of it is taken for an element. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            x                     | 0
            null                  | 0
            7                     | 0
            <html>                | 0
            [7]                   | 0
            ["a"]                 | 0
            [[{}]]                | 0
            [,{}]                 | 0
            [{"a":1}{"a":2}]      | 1
            [{"a":1},,{"a":2}]    | 1
            [{"a":1},]            | 1
            [{"a":1}}]            | 1
            [{"a":1}] {"a":2}     | 1
            [{"a":1}]]            | 1
            {"a":1},{"a":2}       | 1
            {"a":1}\\n{"a":2}     | 1
            data: {"a":1}         | 0
            """)
    void whatIsNoArrayIsBadAndNotWaitedFor(String text, int elements) throws SseException {
        byte[] a = text.getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= a.length; cut++) {
            GeminiStream stream = new GeminiStream(true, 1);
            GeminiArrayReader reader = new GeminiArrayReader();
            int good = 0;
            int bad = 0;
            for (int[] piece : new int[][] {{0, cut}, {cut, a.length}}) {
                reader.feed(a, piece[0], piece[1]);
                while (reader.next()) {
                    if (reader.hasData()) {
                        boolean broken = (stream.look(reader) & Meaning.BAD) != 0;
                        good += broken ? 0 : 1;
                        bad += broken ? 1 : 0;
                    }
                }
            }
            assertThat(good).as("cut %d", cut).isEqualTo(elements);
            assertThat(bad).as("cut %d", cut).isBetween(1, 2);
            assertThat(reader.tail()).isZero();
        }
    }

    @Test
    void anElementHasALimit() throws SseException {
        byte[] piece = new byte[1 << 20];
        Arrays.fill(piece, (byte) 'x');
        GeminiArrayReader reader = new GeminiArrayReader();
        feed(reader, "[{\"a\":\"");
        assertThat(reader.next()).isFalse();
        for (int i = 0; i < 15; i++) {
            reader.feed(piece, 0, piece.length);
            assertThat(reader.next()).isFalse();
        }
        reader.feed(piece, 0, piece.length);
        assertThatThrownBy(reader::next)
                .isInstanceOf(SseException.class)
                .hasMessage("element: 16777223 bytes or more (expected: <= 16777216)");
    }

    @Test
    void anElementInOneSegmentHasTheSameLimit() {
        byte[] a = ("[{\"a\":\"" + "x".repeat(16 << 20) + "\"}]").getBytes(StandardCharsets.US_ASCII);
        GeminiArrayReader reader = new GeminiArrayReader();
        reader.feed(a, 0, a.length);
        assertThatThrownBy(reader::next).isInstanceOf(SseException.class);
    }

    @Test
    void aSegmentIsUsedUpBeforeTheNext() {
        GeminiArrayReader reader = new GeminiArrayReader();
        feed(reader, "[{}]");
        assertThatThrownBy(() -> feed(reader, "[")).hasMessage("segment: 4 bytes left (expected: 0)");
    }

    private static Told read(String text, int... ends) throws SseException {
        byte[] a = text.getBytes(StandardCharsets.UTF_8);
        GeminiArrayReader reader = new GeminiArrayReader();
        List<String> data = new ArrayList<>();
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        int from = 0;
        for (int end : ends.length == 0 ? new int[] {a.length} : ends) {
            reader.feed(Arrays.copyOfRange(a, from, end), 0, end - from);
            while (reader.next()) {
                raw.write(reader.raw(), reader.rawFrom(), reader.rawTo() - reader.rawFrom());
                if (reader.hasData()) {
                    data.add(new String(
                            reader.data(),
                            reader.dataFrom(),
                            reader.dataTo() - reader.dataFrom(),
                            StandardCharsets.UTF_8));
                }
            }
            from = end;
        }
        return new Told(data, raw.toString(StandardCharsets.UTF_8), reader.tail(), reader.closed());
    }

    private static void feed(GeminiArrayReader reader, String text) {
        byte[] a = text.getBytes(StandardCharsets.UTF_8);
        reader.feed(a, 0, a.length);
    }
}
