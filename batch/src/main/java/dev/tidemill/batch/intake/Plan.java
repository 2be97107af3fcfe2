package dev.tidemill.batch.intake;

import java.nio.ByteBuffer;

/**
 * Where the lines of one chunk are in the input file, 24 bytes each: of the custom_id's JSON string, with its quotes, and
 * of the body's JSON object. A line is read when it is sent, and its id copied byte for byte when its result is written;
 * nothing else of the file is kept.
 */
public record Plan(byte[] bytes) {
    static final int LINE_BYTES = 24;

    public int lines() {
        return bytes.length / LINE_BYTES;
    }

    public long idOffset(int index) {
        return ByteBuffer.wrap(bytes).getLong(index * LINE_BYTES);
    }

    public int idLength(int index) {
        return ByteBuffer.wrap(bytes).getInt(index * LINE_BYTES + 8);
    }

    public long bodyOffset(int index) {
        return idOffset(index) + ByteBuffer.wrap(bytes).getInt(index * LINE_BYTES + 12);
    }

    public int bodyLength(int index) {
        return ByteBuffer.wrap(bytes).getInt(index * LINE_BYTES + 16);
    }

    /** The physical line in the file, 1-based. */
    public int number(int index) {
        return ByteBuffer.wrap(bytes).getInt(index * LINE_BYTES + 20);
    }
}
