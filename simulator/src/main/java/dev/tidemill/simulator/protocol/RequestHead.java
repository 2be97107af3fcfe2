package dev.tidemill.simulator.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The request line and the headers as they came; headers are looked up, not unpacked. */
public final class RequestHead {
    private final byte[] bytes;
    private final int lineEnd;
    private final String method;
    private final String target;
    private final boolean http10;

    private RequestHead(byte[] bytes, int lineEnd, String method, String target, boolean http10) {
        this.bytes = bytes;
        this.lineEnd = lineEnd;
        this.method = method;
        this.target = target;
        this.http10 = http10;
    }

    /** Reads the request line, or answers null when it is none. */
    public static @Nullable RequestHead of(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        String line = new String(bytes, 0, end, StandardCharsets.ISO_8859_1).strip();
        int first = line.indexOf(' ');
        int last = line.lastIndexOf(' ');
        if (first <= 0 || last <= first + 1 || !line.startsWith("HTTP/1.", last + 1)) {
            return null;
        }
        return new RequestHead(
                bytes, end, line.substring(0, first), line.substring(first + 1, last), line.endsWith("HTTP/1.0"));
    }

    public byte[] bytes() {
        return bytes;
    }

    public String method() {
        return method;
    }

    public String target() {
        return target;
    }

    /** The target without its query, with a doubled {@code /v1/v1/} made single. */
    public String path() {
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        return path.startsWith("/v1/v1/") ? path.substring(3) : path;
    }

    /** The first value of a parameter of the query as it is written, or null. */
    public @Nullable String query(String name) {
        int query = target.indexOf('?');
        if (query < 0) {
            return null;
        }
        for (String pair : target.substring(query + 1).split("&", -1)) {
            if (pair.startsWith(name) && pair.length() > name.length() && pair.charAt(name.length()) == '=') {
                return pair.substring(name.length() + 1);
            }
        }
        return null;
    }

    /** The first value of a header, its name in small letters, or null. */
    public @Nullable String header(String name) {
        int at = lineEnd + 1;
        while (at < bytes.length) {
            int end = at;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            if (isNamed(name, at, end)) {
                return new String(bytes, at + name.length() + 1, end - at - name.length() - 1, StandardCharsets.UTF_8)
                        .strip();
            }
            at = end + 1;
        }
        return null;
    }

    /** The declared length of the body, 0 when there is none, -1 when it is no number. */
    public long contentLength() {
        String value = header("content-length");
        return value == null ? 0 : value.matches("[0-9]{1,15}") ? Long.parseLong(value) : -1;
    }

    public boolean isChunked() {
        String value = header("transfer-encoding");
        return value != null && value.toLowerCase(Locale.ROOT).contains("chunked");
    }

    public boolean keepsAlive() {
        String value = header("connection");
        if (value == null) {
            return !http10;
        }
        String lower = value.toLowerCase(Locale.ROOT);
        return http10 ? lower.contains("keep-alive") : !lower.contains("close");
    }

    public boolean isHttp10() {
        return http10;
    }

    private boolean isNamed(String name, int at, int end) {
        if (at + name.length() >= end || bytes[at + name.length()] != ':') {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            int c = bytes[at + i];
            if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
