package dev.tidemill.wire.http;

import static dev.tidemill.wire.http.HttpException.bad;
import static dev.tidemill.wire.http.HttpException.shown;

/**
 * What a head says about its body and its connection.
 *
 * <p>Request smuggling lives on two readers that disagree about where a body ends. So there is one way to say it, and everything that some reader
 * somewhere takes differently is refused: both lengths at once, a length twice (equal or not, in two fields or in a list), a coding other than
 * {@code chunked}, a coding in HTTP/1.0, and a {@code Connection} field that asks to strip a field which must reach the other end (RFC 9112,
 * sections 6 and 9.6; RFC 9110, section 7.6.1).
 */
final class Meaning {
    private static final int MAX_DIGITS = 19;

    /** All {@code Connection} values together: every other field may have to be looked up in them. */
    private static final int MAX_OPTIONS = 1024;

    Framing framing = Framing.NONE;
    long contentLength = -1;
    boolean keepAlive;
    boolean expectContinue;
    boolean upgrade;

    /** Whether {@code Connection} names fields that are unknown here, so that each has to be looked up. */
    boolean namesOthers;

    private boolean close;
    private boolean keep;
    private boolean upgradeNamed;
    private boolean codingNamed;

    void request(Head head) throws HttpException {
        host(head);
        connection(head);
        if (codingNamed) {
            throw bad("connection_invalid", "Connection: Transfer-Encoding (expected: not to be stripped)");
        }
        boolean chunked = length(head);
        framing = chunked ? Framing.CHUNKED : contentLength >= 0 ? Framing.LENGTH : Framing.NONE;
        expect(head);
    }

    void response(Head head, boolean toHead) throws HttpException {
        connection(head);
        expectContinue = false;
        boolean chunked = length(head);
        int status = head.status();
        if (status == 101) {
            throw bad("upgrade_unasked", "status 101 (expected: another; no upgrade is ever asked for)");
        }
        boolean bare = status < 200 || status == 204;
        if (bare && (chunked || contentLength > 0)) {
            throw bad("body_forbidden", "status " + status + " with the length of a body (expected: none)");
        }
        if (bare || status == 304 || toHead) {
            framing = Framing.NONE;
        } else if (chunked) {
            framing = Framing.CHUNKED;
        } else {
            framing = contentLength >= 0 ? Framing.LENGTH : Framing.UNTIL_CLOSE;
        }
        keepAlive &= framing != Framing.UNTIL_CLOSE;
    }

    private static void host(Head head) throws HttpException {
        int count = head.count(Header.HOST);
        if (count > 1) {
            throw bad("host_repeated", "Host: " + count + " times (expected: once)");
        }
        if (count == 0) {
            if (head.minorVersion() > 0) {
                throw bad("host_missing", "Host: missing (expected: once in HTTP/1.1)");
            }
            return;
        }
        int i = head.find(Header.HOST);
        byte[] a = head.bytes();
        int from = head.valueFrom(i);
        int to = head.valueTo(i);
        if (!Authority.valid(a, from, to)) {
            throw bad("host_invalid", "Host: " + shown(a, from, to) + " (expected: host or host:port)");
        }
        if (head.authorityTo() > head.authorityFrom()
                && !Octets.same(a, from, to, head.authorityFrom(), head.authorityTo())) {
            throw bad(
                    "host_differs",
                    "Host: " + shown(a, from, to) + " (expected: " + shown(a, head.authorityFrom(), head.authorityTo())
                            + " as in the target)");
        }
    }

    private void connection(Head head) throws HttpException {
        close = false;
        keep = false;
        upgradeNamed = false;
        codingNamed = false;
        namesOthers = false;
        int length = 0;
        for (int i = head.find(Header.CONNECTION); i >= 0 && i < head.count(); i++) {
            if (head.known(i) == Header.CONNECTION) {
                length += head.valueTo(i) - head.valueFrom(i);
                if (length > MAX_OPTIONS) {
                    throw bad(
                            "connection_invalid",
                            "Connection: " + length + " bytes (expected: <= " + MAX_OPTIONS + ")");
                }
                options(head, i);
            }
        }
        keepAlive = !close && (head.minorVersion() > 0 || keep);
        upgrade = upgradeNamed && head.minorVersion() > 0 && head.count(Header.UPGRADE) > 0;
    }

    private void options(Head head, int i) throws HttpException {
        byte[] a = head.bytes();
        int end = head.valueTo(i);
        int at = head.valueFrom(i);
        while (at < end) {
            int from = at;
            while (at < end && Octets.token(a[at])) {
                at++;
            }
            if (at > from) {
                option(a, from, at);
            }
            while (at < end && (a[at] == ' ' || a[at] == Octets.TAB)) {
                at++;
            }
            if (at < end && a[at++] != ',') {
                throw bad(
                        "connection_invalid",
                        "Connection: " + shown(a, head.valueFrom(i), end) + " (expected: names separated by commas)");
            }
            while (at < end && (a[at] == ' ' || a[at] == Octets.TAB)) {
                at++;
            }
        }
    }

    private void option(byte[] a, int from, int to) throws HttpException {
        if (Octets.same(a, from, to, "close")) {
            close = true;
            return;
        }
        Header named = HeaderNames.of(a, from, to);
        switch (named) {
            case KEEP_ALIVE -> keep = true;
            case UPGRADE -> upgradeNamed = true;
            // Naming it changes nothing, and some servers do; from a client it is an attempt.
            case TRANSFER_ENCODING -> codingNamed = true;
            case OTHER -> namesOthers = true;
            default -> {
                if (!named.hopByHop()) {
                    throw bad(
                            "connection_invalid",
                            "Connection: " + shown(a, from, to)
                                    + " (expected: close, keep-alive, upgrade, or fields meant for this connection)");
                }
            }
        }
    }

    /** Reads both length fields; true when the body is chunked. */
    private boolean length(Head head) throws HttpException {
        contentLength = -1;
        int lengths = head.count(Header.CONTENT_LENGTH);
        int codings = head.count(Header.TRANSFER_ENCODING);
        if (codings > 0) {
            if (lengths > 0) {
                throw bad(
                        "length_ambiguous",
                        "Content-Length and Transfer-Encoding in one message (expected: one of them)");
            }
            coding(head, codings);
            return true;
        }
        if (lengths > 1) {
            throw bad("content_length_repeated", "Content-Length: " + lengths + " times (expected: once)");
        }
        if (lengths == 1) {
            int i = head.find(Header.CONTENT_LENGTH);
            contentLength = decimal(head.bytes(), head.valueFrom(i), head.valueTo(i));
        }
        return false;
    }

    private static void coding(Head head, int codings) throws HttpException {
        if (codings > 1) {
            throw bad("transfer_encoding_repeated", "Transfer-Encoding: " + codings + " times (expected: once)");
        }
        if (head.minorVersion() == 0) {
            throw bad("transfer_encoding_invalid", "Transfer-Encoding in HTTP/1.0 (expected: Content-Length)");
        }
        int i = head.find(Header.TRANSFER_ENCODING);
        if (!head.valueIs(i, "chunked")) {
            throw bad(
                    "transfer_encoding_invalid",
                    "Transfer-Encoding: " + shown(head.bytes(), head.valueFrom(i), head.valueTo(i))
                            + " (expected: chunked)");
        }
    }

    private static long decimal(byte[] a, int from, int to) throws HttpException {
        long value = from < to && to - from <= MAX_DIGITS ? 0 : -1;
        for (int i = from; i < to && value >= 0; i++) {
            // Nineteen digits overflow into the sign at most once.
            value = Octets.digit(a[i]) ? value * 10 + a[i] - '0' : -1;
        }
        if (value < 0) {
            throw bad(
                    "content_length_invalid",
                    "Content-Length: " + shown(a, from, to) + " (expected: 1 to 19 digits, <= " + Long.MAX_VALUE + ")");
        }
        return value;
    }

    private void expect(Head head) throws HttpException {
        int i = head.find(Header.EXPECT);
        expectContinue = false;
        if (i < 0 || head.minorVersion() == 0) {
            return;
        }
        if (head.count(Header.EXPECT) > 1 || !head.valueIs(i, "100-continue")) {
            throw new HttpException(
                    417,
                    "expectation_unknown",
                    "Expect: " + shown(head.bytes(), head.valueFrom(i), head.valueTo(i)) + " (expected: 100-continue)");
        }
        expectContinue = true;
    }
}
