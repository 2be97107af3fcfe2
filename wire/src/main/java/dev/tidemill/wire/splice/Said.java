package dev.tidemill.wire.splice;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.json.JsonText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one event of an answer says, as far as a client shows it. Positions are indices into the event's data.
 *
 * @param texts words, in the order in which they stand there; none of them is empty
 * @param frame whether the event opens or closes a block, in a protocol whose blocks are framed
 * @param block of a protocol whose blocks are framed, -1: none
 * @param voice of the block that the frame opens
 * @param firm whether it holds what can neither be compared nor be told twice: a tool call, a signature, an image, the end
 * @param indexFrom where the number of {@code block} stands in the data, -1: nowhere
 */
public record Said(List<Text> texts, Frame frame, int block, Voice voice, boolean firm, int indexFrom, int indexTo) {
    /** Nothing that a client shows, or needs twice: a role, counts, a ping. */
    public static final Said NOTHING = words(List.of(), false);
    /** Something that cannot be told twice, and no words. */
    public static final Said FIRM = words(List.of(), true);

    /** Words of a block: a JSON string with its quotes. */
    public record Text(int block, Voice voice, int from, int to) {
        /** The words, decoded; null: an escape in them is none. */
        @Nullable
        String words(byte[] data) {
            int end = to - 1;
            for (int i = Swar.indexOf(data, from + 1, end, '\\'); i < end; i = Swar.indexOf(data, i, end, '\\')) {
                if (i + 2 > end || (data[i + 1] == 'u' && (i + 6 > end || !hex(data, i + 2)))) {
                    return null;
                }
                i += 2;
            }
            return JsonText.string(data, from, to);
        }

        private static boolean hex(byte[] a, int from) {
            for (int i = from; i < from + 4; i++) {
                if (Character.digit(a[i], 16) < 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Whether an event is one of the two that stand around a block. */
    public enum Frame {
        NONE,
        START,
        STOP
    }

    public static Said words(List<Text> texts, boolean firm) {
        return new Said(texts, Frame.NONE, -1, Voice.TEXT, firm, -1, -1);
    }
}
