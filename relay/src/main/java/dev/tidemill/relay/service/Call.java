package dev.tidemill.relay.service;

import dev.tidemill.core.key.Key;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request to a {@link Service} and its answer. Used by one thread. */
public interface Call {
    /** Upper case. */
    String method();

    /** The routed path, normalised ({@code /v1/v1/} is {@code /v1/}), without query. */
    String path();

    /** The value of {@code {name}} in the route's pattern, percent-decoded. */
    String pathValue(String name);

    /** The first query parameter of this name, decoded. */
    @Nullable
    String query(String name);

    /** The first header of this name (given in lower case). */
    @Nullable
    String header(String lowerCaseName);

    /**
     * Whose call it is.
     *
     * @throws IllegalStateException on a route that is open to all
     */
    Key key();

    String requestId();

    /** From Content-Length; -1 when chunked, 0 when there is no body. */
    long contentLength();

    /**
     * The body as it arrives; reading slowly slows the client down. Reading past the route's limit throws a {@link
     * java.io.IOException} that is answered 413.
     */
    InputStream body();

    /** The whole body, of at most {@code limit} bytes. */
    byte[] body(int limit) throws IOException, ServiceException;

    /** Answers at once. At most one of the answer methods may be called. */
    void answer(int status, String contentType, byte[] body) throws IOException;

    default void answerJson(int status, byte[] body) throws IOException {
        answer(status, "application/json", body);
    }

    /**
     * Answers with a stream; a slow reader blocks the writer. Closing ends the answer; an exception in between cuts the
     * connection, so that no cut answer looks whole.
     *
     * @param length in bytes, -1: not known (chunked)
     */
    OutputStream answer(int status, Map<String, String> headers, long length) throws IOException;
}
