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

    /**
     * The whole body.
     *
     * @param limit bytes, less than 2^31 - 1
     * @throws ServiceException 413 when it has more
     */
    byte[] body(int limit) throws IOException, ServiceException;

    /** Answers at once. Only one of the answer methods may be called, and only once. */
    void answer(int status, String contentType, byte[] body) throws IOException;

    default void answerJson(int status, byte[] body) throws IOException {
        answer(status, "application/json", body);
    }

    /**
     * Answers with a stream; a slow reader blocks the writer, and one that is gone ends it with an {@link IOException}. The
     * stream must be closed. Its end is sent when the service returns: if that throws instead, even behind the close in a
     * try-with-resources, or wrote another length than it said, the connection is cut, so that no cut answer looks whole.
     *
     * @param headers names and values without control characters
     * @param length in bytes, -1: not known (chunked)
     */
    OutputStream answer(int status, Map<String, String> headers, long length) throws IOException;
}
