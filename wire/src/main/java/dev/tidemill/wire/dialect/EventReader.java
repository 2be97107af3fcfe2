package dev.tidemill.wire.dialect;

import dev.tidemill.wire.sse.SseException;

/**
 * Takes a streamed body apart into blocks, however it is cut into segments. Blocks are told with their exact bytes: all
 * {@link #raw} one after the other, and then the {@linkplain #tail tail}, are what was fed. Loop: {@link #feed}, then
 * {@link #next} until it answers false. The arrays told are valid until the next call. Used by one thread.
 */
public interface EventReader {
    /** More of the body: {@code a[from, to)}, which stays as it is until {@link #next} has answered false. */
    void feed(byte[] a, int from, int to);

    /** Goes to the next whole block. */
    boolean next() throws SseException;

    byte[] raw();

    int rawFrom();

    int rawTo();

    /** Whether the block holds an event; if not, it is a comment, white space or a bracket, and means nothing. */
    boolean hasData();

    byte[] data();

    int dataFrom();

    int dataTo();

    /** Whether the block has a field {@code error:}, in which some servers tell what went wrong; it lies in {@link #raw}. */
    boolean hasError();

    int errorFrom();

    int errorTo();

    /** Bytes of a block that has begun and not ended. */
    int tail();
}
