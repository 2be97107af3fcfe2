package dev.tidemill.wire.http;

import java.nio.charset.StandardCharsets;

/** A request method. Methods are case-sensitive, so {@code get} is {@link #OTHER}. */
public enum Method {
    POST,
    GET,
    HEAD,
    OPTIONS,
    DELETE,
    PUT,
    PATCH,
    TRACE,
    CONNECT,
    /** Any other token. */
    OTHER;

    private static final Method[] ALL = values();
    private static final int LONGEST = 7;

    private final long word = word(name().getBytes(StandardCharsets.US_ASCII), 0, name().length());

    static Method of(byte[] a, int from, int to) {
        if (to - from <= LONGEST) {
            long word = word(a, from, to);
            for (Method method : ALL) {
                if (method.word == word && method != OTHER) {
                    return method;
                }
            }
        }
        return OTHER;
    }

    private static long word(byte[] a, int from, int to) {
        long word = 0;
        for (int i = from; i < to; i++) {
            word = word << 8 | (a[i] & 0xff);
        }
        return word;
    }
}
