package dev.tidemill.bench.fuzz;

import dev.tidemill.wire.sse.SseException;
import dev.tidemill.wire.sse.SseReader;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event stream: the bytes of all blocks, and then the tail, are the input; the blocks are those of the standard; and so it is at every cut. With
 * a low limit no block is larger than that.
 */
final class SseInvariant implements Invariant {
    private static final int LOW = 16;

    private final SseReader reader = new SseReader(SseReader.DEFAULT_MAX_EVENT_BYTES);
    private final SseReader narrow = new SseReader(LOW);

    /** @param unfinished what a stream that ends inside a block told of it */
    private record Told(List<SseBlock> blocks, @Nullable SseBlock unfinished) {}

    @Override
    public void check(byte[] input) throws SseException {
        List<SseBlock> standard = SseBlock.standard(input);
        Told first = null;
        for (int[] cuts : Pieces.ways(input)) {
            Told told = read(input, cuts);
            Broken.unlessSame(told.blocks(), standard, "blocks at cuts " + Arrays.toString(cuts));
            first = first == null ? told : first;
            Broken.unlessSame(told.unfinished(), first.unfinished(), "unfinished at cuts " + Arrays.toString(cuts));
            readNarrow(input, cuts);
        }
    }

    private Told read(byte[] input, int[] cuts) throws SseException {
        reader.reset();
        List<SseBlock> blocks = new ArrayList<>();
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        int from = 0;
        for (int to : cuts) {
            byte[] segment = Pieces.copy(input, from, to);
            reader.feed(segment, Pieces.margin(), Pieces.margin() + to - from);
            while (reader.next()) {
                raw.write(reader.raw(), reader.rawFrom(), reader.rawTo() - reader.rawFrom());
                blocks.add(SseBlock.of(reader));
            }
            Arrays.fill(segment, (byte) '!');
            from = to;
        }
        raw.write(reader.tailBytes(), 0, reader.tail());
        Broken.unless(Arrays.equals(raw.toByteArray(), input), "blocks and tail are not the input");
        return new Told(blocks, reader.finish() ? SseBlock.of(reader) : null);
    }

    private void readNarrow(byte[] input, int[] cuts) {
        narrow.reset();
        int from = 0;
        try {
            for (int to : cuts) {
                narrow.feed(input, from, to);
                while (narrow.next()) {
                    Broken.unless(narrow.rawTo() - narrow.rawFrom() <= LOW, "a block larger than the limit");
                }
                Broken.unless(narrow.tail() <= LOW, "a tail larger than the limit");
                from = to;
            }
        } catch (SseException e) {
            Broken.unless(input.length > LOW, "no block can be larger than the limit: " + e.getMessage());
        }
    }
}
