package dev.tidemill.relay.upstream;

import dev.tidemill.core.Failure;
import dev.tidemill.wire.http.BodyWalker;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.HttpException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Who waits for the answer on an upstream connection. All calls come on the loop. */
public interface Receiver {
    /** The final head; valid during the call only. */
    void answerHead(Head head);

    /**
     * Bytes of the body, in {@code a[from, to)} during the call only. The receiver walks all of them.
     *
     * @param source the very bytes as they were read, {@code a[from]} being at {@code sourceOffset}; null when they were
     *     put together from several reads
     */
    void answerBody(BodyWalker walker, byte[] a, int from, int to, @Nullable ByteBuf source, int sourceOffset)
            throws HttpException;

    /** One read is worked off: flush. */
    void answerReadComplete();

    /** The body is whole. The connection is no longer the receiver's. */
    void answerEnded();

    /**
     * The connection broke or the peer talked nonsense; it is closed and no longer the receiver's.
     *
     * @param nothingRead whether not one byte had come since the request was sent
     */
    void answerBroken(Failure failure, boolean nothingRead);

    /** One of these calls threw, which is a bug of ours; the connection is no longer the receiver's. */
    void broke(RuntimeException bug);
}
