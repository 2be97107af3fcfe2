package dev.tidemill.wire.json;

import dev.tidemill.wire.ByteSink;
import java.util.Arrays;

/**
 * Changes laid beside a body that stays as it came: at this offset, these many bytes give way to those. Kept in the order of their
 * offsets; insertions at one offset keep the order in which they were added and stand before what is replaced there. Offsets count from the
 * start of the body. Used over and over by one thread; the replacement arrays are kept, not copied.
 */
public final class Edits {
    /** The most edits one body may have. */
    public static final int MAX = 65_536;

    private int[] offsets = new int[8];
    private int[] lengths = new int[8];
    private byte[][] texts = new byte[8][];
    private int count;
    /** Bytes that all edits together add. */
    private long growth;

    /** Forgets all edits. */
    public void clear() {
        Arrays.fill(texts, 0, count, NONE);
        count = 0;
        growth = 0;
    }

    public int count() {
        return count;
    }

    /** Puts {@code text} before the byte at {@code offset}. */
    public void insert(int offset, byte[] text) {
        replace(offset, 0, text);
    }

    /**
     * Lets {@code text} stand for the {@code length} bytes from {@code offset}.
     *
     * @throws IllegalArgumentException when it overlaps an edit that is there already, or is not a range
     * @throws IllegalStateException past {@link #MAX} edits
     */
    public void replace(int offset, int length, byte[] text) {
        if (offset < 0 || length < 0 || length > Integer.MAX_VALUE - offset) {
            throw new IllegalArgumentException("range: " + offset + " + " + length + " (expected: inside a body)");
        }
        if (count == MAX) {
            throw new IllegalStateException("edits: " + (MAX + 1) + " (expected: <= " + MAX + ")");
        }
        int at = count;
        while (at > 0 && after(at - 1, offset, length)) {
            at--;
        }
        if ((at > 0 && offsets[at - 1] + lengths[at - 1] > offset) || (at < count && offset + length > offsets[at])) {
            throw new IllegalArgumentException("range: " + offset + " + " + length + " (expected: no overlap)");
        }
        open(at);
        offsets[at] = offset;
        lengths[at] = length;
        texts[at] = text;
        growth += text.length - length;
    }

    /** Adds all edits of another list, as if each had been added here. */
    public void addAll(Edits others) {
        for (int i = 0; i < others.count; i++) {
            replace(others.offsets[i], others.lengths[i], others.texts[i]);
        }
    }

    /**
     * How long a body of {@code bodyLength} bytes is after the edits.
     *
     * @throws IllegalArgumentException when an edit lies behind the body's end
     * @throws ArithmeticException when the length is no int
     */
    public int size(int bodyLength) {
        if (count > 0 && offsets[count - 1] + lengths[count - 1] > bodyLength) {
            throw new IllegalArgumentException("body: " + bodyLength + " bytes (expected: >= "
                    + (offsets[count - 1] + lengths[count - 1]) + " for its edits)");
        }
        return Math.toIntExact(bodyLength + growth);
    }

    /** Writes the edited body {@code body[from, to)} to {@code target} from {@code at}; answers the position behind it. */
    public int writeTo(byte[] body, int from, int to, byte[] target, int at) {
        size(to - from);
        int done = from;
        for (int i = 0; i < count; i++) {
            int keep = from + offsets[i] - done;
            System.arraycopy(body, done, target, at, keep);
            at += keep;
            System.arraycopy(texts[i], 0, target, at, texts[i].length);
            at += texts[i].length;
            done = from + offsets[i] + lengths[i];
        }
        System.arraycopy(body, done, target, at, to - done);
        return at + to - done;
    }

    /** Writes the edited body {@code body[from, to)} to {@code target}, in pieces. */
    public void writeTo(byte[] body, int from, int to, ByteSink target) {
        size(to - from);
        int done = from;
        for (int i = 0; i < count; i++) {
            int until = from + offsets[i];
            if (until > done) {
                target.write(body, done, until);
            }
            if (texts[i].length > 0) {
                target.write(texts[i], 0, texts[i].length);
            }
            done = until + lengths[i];
        }
        if (to > done) {
            target.write(body, done, to);
        }
    }

    private static final byte[] NONE = {};

    private boolean after(int edit, int offset, int length) {
        return offsets[edit] > offset || (offsets[edit] == offset && length == 0 && lengths[edit] > 0);
    }

    private void open(int at) {
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, count * 2);
            lengths = Arrays.copyOf(lengths, count * 2);
            texts = Arrays.copyOf(texts, count * 2);
        }
        System.arraycopy(offsets, at, offsets, at + 1, count - at);
        System.arraycopy(lengths, at, lengths, at + 1, count - at);
        System.arraycopy(texts, at, texts, at + 1, count - at);
        count++;
    }
}
