package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request exactly as it came, for assertions. */
public final class SeenRequest {
    static final int LONGEST_BODY = 1 << 20;

    private final RequestHead head;
    private final byte[] body;
    private final long connection;

    SeenRequest(RequestHead head, byte[] body, long connection) {
        this.head = head;
        this.body = body;
        this.connection = connection;
    }

    /** The method. */
    public String method() {
        return head.method();
    }

    /** The target as it was written, query included. */
    public String target() {
        return head.target();
    }

    /** The first value of a header, whatever its letters' case, or null. */
    public @Nullable String header(String name) {
        return head.header(name.toLowerCase(Locale.ROOT));
    }

    /** The value of {@code Idempotency-Key}, or null. */
    public @Nullable String idempotencyKey() {
        return header("idempotency-key");
    }

    /** The names of all headers in order, in small letters. */
    public List<String> headerNames() {
        List<String> names = new ArrayList<>();
        String[] lines = head().split("\r?\n");
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                names.add(lines[i].substring(0, colon).toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    /** Request line and headers as they came, with the empty line. */
    public String head() {
        return new String(head.bytes(), StandardCharsets.ISO_8859_1);
    }

    /** The body without chunk frames, its first MiB. */
    public byte[] body() {
        return Arrays.copyOf(body, Math.min(body.length, LONGEST_BODY));
    }

    /** The body as UTF-8 text. */
    public String text() {
        return new String(body(), StandardCharsets.UTF_8);
    }

    /** Number of the connection it came on, counted from 1. */
    public long connection() {
        return connection;
    }

    @Override
    public String toString() {
        return head() + text();
    }
}
