package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.route.Clocks;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.http.Head;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who asked: an HTTP connection or a batch line. Gives the request and takes the answer; all on the exchange's loop.
 *
 * <p>An answer is {@link #begin begun} when its head is known, which sends nothing; {@link #commit committed} when it may
 * leave; then come {@link #send payload} or {@link #sendFrames frames}, and {@link #end} or {@link #abort}. Before the
 * commit {@link #fail} may take the place of all of it.
 */
public interface Downstream {
    Credential credential();

    /** Makes the body come. Returns whether it is whole; if not, the exchange is resumed when it is, or failed. */
    boolean readBody();

    /** The array that holds the body; stays as it is until the exchange has ended. */
    byte[] body();

    int bodyFrom();

    int bodyTo();

    /** Appends the client's headers that may go upstream, each a whole line; {@code fixed} names win over the client's. */
    void forwardHeaders(ByteBuf to, Exchange exchange, java.util.Set<String> fixed);

    /** What its request is known by, wherever it is asked; null: its API knows no such word. */
    @Nullable
    String idempotencyKey(Exchange exchange);

    /**
     * The route's clocks, shortened to what the client says it waits.
     *
     * @throws RequestException it says so in a way that cannot be understood
     */
    default Clocks clocks(Clocks route) throws RequestException {
        return route;
    }

    /** Where the answer goes from here on, now that it is known whose call it is. */
    default Downstream authenticated(Exchange exchange) {
        return this;
    }

    /**
     * How important the caller says it is; null: it says nothing.
     *
     * @throws RequestException it says so in a way that cannot be understood
     */
    default @Nullable Priority priority() throws RequestException {
        return live() ? null : Priority.LOW;
    }

    /** Whether a live caller waits, rather than a batch. */
    boolean live();

    /** Whether chunk frames may be passed on as they came. */
    boolean takesFrames();

    /** Before the commit of a provider's error: when it may be asked again, in its head or its body; null: it does not say. */
    default void pause(@Nullable Duration wish) {}

    /** Begins and commits a stream of events that no provider has answered yet; the status is 200 from then on. */
    default void open(Exchange exchange) {
        throw new IllegalStateException("no caller waits for a stream");
    }

    /** Notes status and headers of an answer of the provider's. */
    void begin(int status, Head upstream, Exchange exchange);

    /** Forgets what was begun. */
    void reset();

    /**
     * The answer leaves.
     *
     * @param length of the payload, -1: as long as it takes
     * @param contentType replaces the provider's; null: the provider's is kept
     */
    void commit(long length, @Nullable String contentType);

    /** The stream that leaves next can be come back to under this id, which its head tells. */
    default void resumableAs(String streamId) {
        throw new IllegalStateException("no caller can come back");
    }

    /** The same caller, of whose answer no log is kept: what is made in the background has its own. */
    default Downstream unkept() {
        return this;
    }

    /** The answer is about to be told under this id: whether it can be kept, for a caller in the background. */
    default boolean keep(String id) {
        return true;
    }

    /** The client has left: whether this takes the answer all the same, so that the exchange goes on. */
    default boolean detach() {
        return false;
    }

    /** An answer of our own in place of the provider's, whole. */
    default void answerJson(Exchange exchange, byte[] body) {
        throw new IllegalStateException("no caller takes an answer of our own");
    }

    /** Shows that we live; no part of the answer. */
    default void beat(byte[] heartbeat) {
        send(heartbeat, 0, heartbeat.length);
    }

    /** Payload, written as one piece. */
    void send(byte[] a, int from, int to);

    /** Whole chunk frames as they were read, kept past the call by their reference count. */
    void sendFrames(ByteBuf read, int offset, int length);

    /** Sends out what was written. */
    void flush();

    /** Whether the other side keeps up; if not, the exchange is told when it does again. */
    boolean writable();

    /** The answer is whole. */
    void end();

    /** The answer is not whole, and must not look so: cut the connection. */
    void abort();

    /** An error in place of an answer. */
    void fail(Failure failure, Exchange exchange);

    /** The exchange is over and recorded: what was written and has not left leaves, and nothing of it will be called again. */
    void done();

    /** An error within a stream that has begun, as the last {@code event} of it, then its end. */
    void failStream(Failure failure, byte[] event);

    /** The address, for the log. */
    String peer();
}
