package dev.tidemill.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.sse.SseException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * What a dialect makes of a whole stream.
 *
 * @param meanings one for each event
 * @param wholes whether the answer was whole after each event
 * @param silences whether a long silence was usual after each event
 */
public record RecordedStream(
        List<Integer> meanings,
        List<Boolean> wholes,
        List<Boolean> silences,
        Usage usage,
        AnswerStream stream,
        EventReader reader) {
    /** Reads the stream at once. */
    public static RecordedStream of(Dialect dialect, byte[] bytes) throws SseException {
        return of(dialect, bytes, left -> left);
    }

    /** Reads the stream in pieces; {@code piece} says how long the next is, of so many bytes left. All bytes are told. */
    public static RecordedStream of(Dialect dialect, byte[] bytes, IntUnaryOperator piece) throws SseException {
        EventReader reader = dialect.eventReader();
        AnswerStream stream = dialect.answerStream(1);
        RecordedStream seen =
                new RecordedStream(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), Usage.NONE, stream, reader);
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        for (int from = 0; from < bytes.length; ) {
            int to = from + Math.max(1, Math.min(piece.applyAsInt(bytes.length - from), bytes.length - from));
            byte[] segment = new byte[to - from + 6]; // what lies around it must not matter
            System.arraycopy(bytes, from, segment, 3, to - from);
            reader.feed(segment, 3, 3 + to - from);
            while (reader.next()) {
                raw.write(reader.raw(), reader.rawFrom(), reader.rawTo() - reader.rawFrom());
                if (reader.hasData()) {
                    seen.meanings.add(stream.look(reader));
                    seen.wholes.add(stream.whole());
                    seen.silences.add(stream.silent());
                }
            }
            from = to;
        }
        int told = raw.size();
        assertThat(raw.toByteArray()).startsWith(bytes.length == 0 ? new byte[0] : Arrays.copyOf(bytes, told));
        assertThat(told + reader.tail()).isEqualTo(bytes.length);
        return new RecordedStream(seen.meanings, seen.wholes, seen.silences, stream.usage(), stream, reader);
    }

    /** The index of the first event that means this; -1: none. */
    public int first(int meaning) {
        for (int i = 0; i < meanings.size(); i++) {
            if ((meanings.get(i) & meaning) != 0) {
                return i;
            }
        }
        return -1;
    }

    public boolean any(int meaning) {
        return first(meaning) >= 0;
    }

    /** Asserts that there is nothing bad, and that the answer is whole from its end on and not before. */
    public void isAWholeAnswer(String name, int end) {
        assertThat(any(Meaning.BAD | Meaning.ERROR)).as("%s", name).isFalse();
        assertThat(end).as("%s: end", name).isNotNegative();
        assertThat(wholes.indexOf(true)).as("%s: whole", name).isEqualTo(end);
        assertThat(wholes.lastIndexOf(false)).as("%s: whole", name).isEqualTo(end - 1);
    }

    /** Asserts that another reading of the same stream saw the same. */
    public void sees(RecordedStream other) {
        assertThat(other.meanings).isEqualTo(meanings);
        assertThat(other.wholes).isEqualTo(wholes);
        assertThat(other.silences).isEqualTo(silences);
        assertThat(other.usage).isEqualTo(usage);
    }
}
