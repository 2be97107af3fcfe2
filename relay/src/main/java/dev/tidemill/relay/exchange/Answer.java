package dev.tidemill.relay.exchange;

import dev.tidemill.wire.Usage;
import dev.tidemill.wire.http.BodyWalker;
import dev.tidemill.wire.http.HttpException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What a provider answers: events as they come, or a body that is looked at when it is whole. */
sealed interface Answer permits EventAnswer, WholeAnswer {
    /** See {@link dev.tidemill.relay.upstream.Receiver#answerBody}. */
    void body(BodyWalker walker, byte[] a, int from, int to, @Nullable ByteBuf source, int sourceOffset)
            throws HttpException;

    /** The body has ended as its framing says. */
    void ended();

    /** Whether it may be committed. */
    boolean ready();

    /** Lets it leave, the first time it is called. */
    void commit();

    boolean committed();

    /** Whether all of it was handed to the downstream. */
    boolean delivered();

    /** Whether what has come is a whole answer, so that it may end here. */
    boolean whole();

    /** Whether nothing of it can follow, so that it does not matter how the connection ends. */
    boolean last();

    /** Whether the last event left tool arguments or reasoning open, so that a long silence is usual. */
    boolean toolOpen();

    /** Gives back what it holds. */
    void release();

    int status();

    /** The id under which the provider keeps it; null: it does not, or has not said so yet. */
    @Nullable
    String storedId();

    @Nullable
    Usage usage();

    /** Tokens of the text that has come, as far as lengths tell. */
    long textTokens();

    /** Whether the provider has said that there is no answer. */
    boolean refused();

    int droppedEvents();

    /** Bytes of payload given to the downstream. */
    long bytesOut();
}
