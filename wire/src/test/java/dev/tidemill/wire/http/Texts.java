package dev.tidemill.wire.http;

import java.nio.charset.StandardCharsets;

/** Bytes and strings of one character for each byte. */
final class Texts {
    private Texts() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] a, int from, int to) {
        return new String(a, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** A request of HTTP/1.1 with a Host, these further lines (without ends) and this body. */
    static String post(String lines, String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: relay\r\n" + (lines.isEmpty() ? "" : lines + "\r\n")
                + "\r\n" + body;
    }

    static String get(String lines) {
        return "GET / HTTP/1.1\r\nHost: relay\r\n" + lines + "\r\n";
    }

    static Head request(String text) throws HttpException {
        Head head = new Head();
        byte[] a = bytes(text);
        head.request(a, 0, a.length);
        return head;
    }

    static Head response(String text) throws HttpException {
        Head head = new Head();
        byte[] a = bytes(text);
        head.response(a, 0, a.length, false);
        return head;
    }
}
