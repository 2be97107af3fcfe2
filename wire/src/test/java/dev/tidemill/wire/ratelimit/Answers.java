package dev.tidemill.wire.ratelimit;

import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.HttpException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Heads of answers with the headers a test is about. */
final class Answers {
    /** When all of them arrive. */
    static final long NOW = Instant.parse("2026-11-22T08:00:00Z").toEpochMilli();

    private Answers() {}

    /** @param headers {@code name: value}, in order */
    static Head with(String... headers) {
        StringBuilder text = new StringBuilder("HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        byte[] a = text.append("Content-Length: 0\r\n\r\n").toString().getBytes(StandardCharsets.UTF_8);
        Head head = new Head();
        try {
            head.response(a, 0, a.length, false);
        } catch (HttpException e) {
            throw new IllegalArgumentException(e);
        }
        return head;
    }
}
