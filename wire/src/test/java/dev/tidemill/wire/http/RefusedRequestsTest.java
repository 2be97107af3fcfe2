package dev.tidemill.wire.http;

import static dev.tidemill.wire.http.Texts.bytes;
import static dev.tidemill.wire.http.Texts.get;
import static dev.tidemill.wire.http.Texts.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that two readers might take differently, and others that HTTP/1.1 does not allow: each refused, however it arrives. */
class RefusedRequestsTest {
    private static final String CHUNKS = "5\r\nhello\r\n0\r\n\r\n";

    private record Refused(String situation, int status, String code, String request) {
        @Override
        public String toString() {
            return situation;
        }
    }

    private static Refused bad(String situation, String code, String request) {
        return new Refused(situation, 400, code, request);
    }

    private static Refused chunks(String situation, String code, String body) {
        return bad(situation, code, post("Transfer-Encoding: chunked", body));
    }

    static Stream<Refused> lengths() {
        return Stream.of(
                bad(
                        "a length and a coding",
                        "length_ambiguous",
                        post("Content-Length: 5\r\nTransfer-Encoding: chunked", CHUNKS)),
                bad(
                        "a coding and a length",
                        "length_ambiguous",
                        post("Transfer-Encoding: chunked\r\nContent-Length: 5", CHUNKS)),
                bad(
                        "a length and an unknown coding",
                        "length_ambiguous",
                        post("Content-Length: 5\r\nTransfer-Encoding: x", "hello")),
                bad(
                        "a length and an empty coding",
                        "length_ambiguous",
                        post("Content-Length: 5\r\nTransfer-Encoding:", "hello")),
                bad(
                        "two lengths that differ",
                        "content_length_repeated",
                        post("Content-Length: 5\r\nContent-Length: 6", "hello")),
                bad(
                        "two equal lengths",
                        "content_length_repeated",
                        post("Content-Length: 5\r\nContent-Length: 5", "hello")),
                bad(
                        "two lengths in other case",
                        "content_length_repeated",
                        post("content-length: 5\r\nCONTENT-LENGTH: 0", "hello")),
                bad("a list of lengths", "content_length_invalid", post("Content-Length: 5, 6", "hello")),
                bad("a list of equal lengths", "content_length_invalid", post("Content-Length: 5,5", "hello")),
                bad("a length with a plus", "content_length_invalid", post("Content-Length: +5", "hello")),
                bad("a negative length", "content_length_invalid", post("Content-Length: -5", "hello")),
                bad("a length of minus nothing", "content_length_invalid", post("Content-Length: -0", "")),
                bad("a hexadecimal length", "content_length_invalid", post("Content-Length: 0x5", "hello")),
                bad("a length with letters", "content_length_invalid", post("Content-Length: 5a", "hello")),
                bad("a length with an underscore", "content_length_invalid", post("Content-Length: 1_0", "hello")),
                bad("a length with a point", "content_length_invalid", post("Content-Length: 5.0", "hello")),
                bad("a length with an exponent", "content_length_invalid", post("Content-Length: 5e0", "hello")),
                bad("a length in quotes", "content_length_invalid", post("Content-Length: \"5\"", "hello")),
                bad("a length with a space inside", "content_length_invalid", post("Content-Length: 5 0", "hello")),
                bad("an empty length", "content_length_invalid", post("Content-Length:", "hello")),
                bad("a blank length", "content_length_invalid", post("Content-Length: \t ", "hello")),
                bad("a length of 2^63", "content_length_invalid", post("Content-Length: 9223372036854775808", "hello")),
                bad(
                        "a length of 2^64 + 5",
                        "content_length_invalid",
                        post("Content-Length: 18446744073709551621", "hello")),
                bad(
                        "a length of 19 nines",
                        "content_length_invalid",
                        post("Content-Length: 9999999999999999999", "hello")),
                bad(
                        "a length padded beyond 19 digits",
                        "content_length_invalid",
                        post("Content-Length: 00000000000000000005", "hello")),
                bad("a length in other digits", "content_length_invalid", post("Content-Length: \u00b2", "hello")));
    }

    static Stream<Refused> codings() {
        return Stream.of(
                bad("xchunked", "transfer_encoding_invalid", post("Transfer-Encoding: xchunked", CHUNKS)),
                bad("chunkedx", "transfer_encoding_invalid", post("Transfer-Encoding: chunkedx", CHUNKS)),
                bad(
                        "chunked, identity",
                        "transfer_encoding_invalid",
                        post("Transfer-Encoding: chunked, identity", CHUNKS)),
                bad(
                        "identity, chunked",
                        "transfer_encoding_invalid",
                        post("Transfer-Encoding: identity, chunked", CHUNKS)),
                bad("gzip, chunked", "transfer_encoding_invalid", post("Transfer-Encoding: gzip, chunked", CHUNKS)),
                bad(
                        "chunked, chunked",
                        "transfer_encoding_invalid",
                        post("Transfer-Encoding: chunked, chunked", CHUNKS)),
                bad("chunked and a comma", "transfer_encoding_invalid", post("Transfer-Encoding: chunked,", CHUNKS)),
                bad("a comma and chunked", "transfer_encoding_invalid", post("Transfer-Encoding: ,chunked", CHUNKS)),
                bad("identity", "transfer_encoding_invalid", post("Transfer-Encoding: identity", "")),
                bad("no coding", "transfer_encoding_invalid", post("Transfer-Encoding:", "")),
                bad("chunked in quotes", "transfer_encoding_invalid", post("Transfer-Encoding: \"chunked\"", CHUNKS)),
                bad(
                        "chunked with a parameter",
                        "transfer_encoding_invalid",
                        post("Transfer-Encoding: chunked;q=1", CHUNKS)),
                bad(
                        "chunked behind a byte of Latin-1",
                        "transfer_encoding_invalid",
                        post("Transfer-Encoding: \u00a0chunked", CHUNKS)),
                bad(
                        "chunked behind a vertical tab",
                        "header_value_invalid",
                        post("Transfer-Encoding: \u000bchunked", CHUNKS)),
                bad("chunked and NUL", "header_value_invalid", post("Transfer-Encoding: chunked\0", CHUNKS)),
                bad(
                        "chunked in HTTP/1.0",
                        "transfer_encoding_invalid",
                        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS),
                bad(
                        "chunked twice",
                        "transfer_encoding_repeated",
                        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", CHUNKS)),
                bad(
                        "chunked, then identity in another field",
                        "transfer_encoding_repeated",
                        post("Transfer-Encoding: chunked\r\nTransfer-encoding: identity", CHUNKS)),
                bad("a length with an underscore", "header_name_confusing", post("Content_Length: 5", "hello")),
                bad("a coding with an underscore", "header_name_confusing", post("TRANSFER_ENCODING: chunked", CHUNKS)),
                bad("a space before the colon", "header_name_invalid", post("Transfer-Encoding : chunked", CHUNKS)),
                bad("a tab before the colon", "header_name_invalid", post("Transfer-Encoding\t: chunked", CHUNKS)),
                bad("a folded coding", "line_folded", post("Transfer-Encoding:\r\n chunked", CHUNKS)),
                bad(
                        "a coding behind a bare line feed",
                        "line_end_invalid",
                        post("X: y\nTransfer-Encoding: chunked", CHUNKS)),
                bad(
                        "a coding behind a bare carriage return",
                        "line_end_invalid",
                        post("X: y\rTransfer-Encoding: chunked", CHUNKS)),
                bad("a coding behind NUL", "header_name_invalid", post("\0Transfer-Encoding: chunked", CHUNKS)),
                bad("a coding behind a space", "line_folded", post(" Transfer-Encoding: chunked", CHUNKS)),
                bad(
                        "a name with a byte of Latin-1",
                        "header_name_invalid",
                        post("Transfer\u00ad-Encoding: chunked", CHUNKS)));
    }

    static Stream<Refused> chunkTricks() {
        return Stream.of(
                chunks("0x before a size", "chunk_size_invalid", "0x5\r\nhello\r\n0\r\n\r\n"),
                chunks("a plus before a size", "chunk_size_invalid", "+5\r\nhello\r\n0\r\n\r\n"),
                chunks("a minus before a size", "chunk_size_invalid", "-5\r\nhello\r\n0\r\n\r\n"),
                chunks("an underscore in a size", "chunk_size_invalid", "0_5\r\nhello\r\n0\r\n\r\n"),
                chunks("a space before a size", "chunk_size_invalid", " 5\r\nhello\r\n0\r\n\r\n"),
                chunks("a space behind a size", "chunk_size_invalid", "5 \r\nhello\r\n0\r\n\r\n"),
                chunks("a tab behind a size", "chunk_size_invalid", "5\t\r\nhello\r\n0\r\n\r\n"),
                chunks("a space before an extension", "chunk_size_invalid", "5 ;a\r\nhello\r\n0\r\n\r\n"),
                chunks("no size", "chunk_size_invalid", "\r\nhello\r\n0\r\n\r\n"),
                chunks("an extension without a size", "chunk_size_invalid", ";a=b\r\nhello\r\n0\r\n\r\n"),
                chunks("a size that is no number", "chunk_size_invalid", "g\r\nhello\r\n0\r\n\r\n"),
                chunks("a size of 2^64 + 5", "chunk_size_invalid", "10000000000000005\r\nhello\r\n0\r\n\r\n"),
                chunks("a size of 2^63", "chunk_size_invalid", "8000000000000000\r\nhello\r\n0\r\n\r\n"),
                chunks("a size of 2^32 + 5", "chunk_size_invalid", "100000005\r\nhello\r\n0\r\n\r\n"),
                chunks("a size of 17 digits", "chunk_size_invalid", "00000000000000005\r\nhello\r\n0\r\n\r\n"),
                chunks("a size ended by a line feed", "chunk_size_invalid", "5\nhello\r\n0\r\n\r\n"),
                chunks("a size ended by a carriage return", "line_end_invalid", "5\rhello\r\n0\r\n\r\n"),
                chunks("a size ended by two carriage returns", "line_end_invalid", "5\r\r\nhello\r\n0\r\n\r\n"),
                chunks("a chunk shorter than its size", "chunk_end_invalid", "6\r\nhello\r\n0\r\n\r\n"),
                chunks("a chunk longer than its size", "chunk_end_invalid", "4\r\nhello\r\n0\r\n\r\n"),
                chunks("a chunk ended by a line feed", "chunk_end_invalid", "5\r\nhello\n0\r\n\r\n"),
                chunks("a chunk ended by a carriage return", "line_end_invalid", "5\r\nhello\r0\r\n\r\n"),
                chunks("a chunk not ended at all", "chunk_end_invalid", "5\r\nhello0\r\n\r\n"),
                chunks("a line feed inside an extension", "chunk_extension_invalid", "5;a\nx\r\nhello\r\n0\r\n\r\n"),
                chunks("a line feed inside quotes", "chunk_extension_invalid", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"),
                chunks("a line end inside quotes", "chunk_extension_invalid", "5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n"),
                chunks("a carriage return inside an extension", "line_end_invalid", "5;a\rb\r\nhello\r\n0\r\n\r\n"),
                chunks("an empty extension", "chunk_extension_invalid", "5;\r\nhello\r\n0\r\n\r\n"),
                chunks("two semicolons", "chunk_extension_invalid", "5;;a\r\nhello\r\n0\r\n\r\n"),
                chunks("an extension with a space", "chunk_extension_invalid", "5; a=b\r\nhello\r\n0\r\n\r\n"),
                chunks("an extension without value", "chunk_extension_invalid", "5;a=\r\nhello\r\n0\r\n\r\n"),
                chunks("something behind quotes", "chunk_extension_invalid", "5;a=\"b\"c\r\nhello\r\n0\r\n\r\n"),
                chunks(
                        "an extension of more than 4 KiB",
                        "chunk_extension_too_large",
                        "5;" + "a".repeat(4097) + "\r\nhello\r\n0\r\n\r\n"),
                chunks(
                        "extensions of more than 64 KiB together",
                        "chunk_extension_too_large",
                        ("1;" + "a".repeat(3000) + "\r\nx\r\n").repeat(30)),
                chunks("a trailer without a name", "trailer_invalid", "0\r\n: a\r\n\r\n"),
                chunks("a trailer without a colon", "trailer_invalid", "0\r\nabc\r\n\r\n"),
                chunks("a trailer with a space before its colon", "trailer_invalid", "0\r\nX : a\r\n\r\n"),
                chunks("a folded trailer", "trailer_invalid", "0\r\nX: a\r\n b\r\n\r\n"),
                chunks("a trailer ended by a line feed", "trailer_invalid", "0\r\nX: a\n\r\n"),
                chunks("a trailer with NUL", "trailer_invalid", "0\r\nX: \0\r\n\r\n"),
                chunks("an end by line feed", "trailer_invalid", "0\r\n\n"),
                chunks(
                        "an end by a carriage return and the next message",
                        "line_end_invalid",
                        "0\r\n\rGET / HTTP/1.1\r\n"),
                chunks("a next message without an end before it", "trailer_invalid", "0\r\nGET / HTTP/1.1\r\n"),
                new Refused(
                        "trailers of more than 8 KiB",
                        431,
                        "trailers_too_large",
                        post("Transfer-Encoding: chunked", "0\r\n" + "X: y\r\n".repeat(1400))));
    }

    static Stream<Refused> lines() {
        return Stream.of(
                bad("a folded value", "line_folded", get("X: a\r\n b\r\n")),
                bad("a value folded with a tab", "line_folded", get("X: a\r\n\tb\r\n")),
                bad("a folded first field", "line_folded", "GET / HTTP/1.1\r\n Host: relay\r\n\r\n"),
                bad("a request line ended by a line feed", "line_end_invalid", "GET / HTTP/1.1\nHost: relay\r\n\r\n"),
                bad(
                        "a request line ended by two carriage returns",
                        "version_invalid",
                        "GET / HTTP/1.1\r\r\nHost: relay\r\n\r\n"),
                bad("a field ended by a line feed", "line_end_invalid", "GET / HTTP/1.1\r\nHost: relay\n\r\n"),
                bad("a head ended by a line feed", "line_end_invalid", "GET / HTTP/1.1\r\nHost: relay\r\n\n"),
                bad("a head ended by carriage returns", "line_end_invalid", "GET / HTTP/1.1\r\nHost: relay\r\n\r\r\n"),
                bad("no name", "header_name_invalid", get(": x\r\n")),
                bad("no colon", "header_name_invalid", get("abc\r\n")),
                bad("a name with a space inside", "header_name_invalid", get("a b: c\r\n")),
                bad("a name in brackets", "header_name_invalid", get("a[b]: c\r\n")),
                bad("a name with DEL", "header_name_invalid", get("a\u007f: c\r\n")),
                bad("a value with NUL", "header_value_invalid", get("X: a\0b\r\n")),
                bad("a value with DEL", "header_value_invalid", get("X: a\u007fb\r\n")),
                bad("a value with an escape", "header_value_invalid", get("X: a\u001b[31mb\r\n")),
                bad(
                        "a blank line of a bare line feed",
                        "start_line_invalid",
                        "\nGET / HTTP/1.1\r\nHost: relay\r\n\r\n"),
                bad("three blank lines", "blank_lines", "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: relay\r\n\r\n"),
                bad("a space before the method", "start_line_invalid", " GET / HTTP/1.1\r\nHost: relay\r\n\r\n"),
                bad("a TLS handshake", "start_line_invalid", "\u0016\u0003\u0001\u0002\0\u0001"),
                new Refused("more fields than taken", 431, "headers_too_many", get("A: b\r\n".repeat(128))),
                new Refused(
                        "a head larger than taken", 431, "head_too_large", get("A: " + "b".repeat(65_536) + "\r\n")),
                new Refused(
                        "a head that never ends", 431, "head_too_large", "GET / HTTP/1.1\r\nA: " + "b".repeat(70_000)),
                new Refused(
                        "a name that never ends", 431, "head_too_large", "GET / HTTP/1.1\r\n" + "b".repeat(70_000)));
    }

    static Stream<Refused> requestLines() {
        String rest = "\r\nHost: relay\r\n\r\n";
        return Stream.of(
                new Refused("HTTP/0.9", 505, "version_missing", "GET /\r\n"),
                new Refused("HTTP/2.0", 505, "version_unsupported", "GET / HTTP/2.0" + rest),
                new Refused("HTTP/1.2", 505, "version_unsupported", "GET / HTTP/1.2" + rest),
                new Refused("the preface of HTTP/2", 505, "version_unsupported", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                bad("a version in lower case", "version_invalid", "GET / http/1.1" + rest),
                bad("a version of three parts", "version_invalid", "GET / HTTP/1.1.1" + rest),
                bad("a version without a point", "version_invalid", "GET / HTTP/11" + rest),
                bad("a version with a comma", "version_invalid", "GET / HTTP/1,1" + rest),
                bad("another protocol", "version_invalid", "GET / ICAP/1.0" + rest),
                bad("a space behind the version", "version_invalid", "GET / HTTP/1.1 " + rest),
                bad("two spaces before the target", "target_missing", "GET  / HTTP/1.1" + rest),
                bad("two spaces before the version", "version_invalid", "GET /  HTTP/1.1" + rest),
                bad("a tab for a space", "method_invalid", "GET\t/ HTTP/1.1" + rest),
                bad("a method alone", "method_invalid", "GET" + rest),
                bad("a method with a slash", "method_invalid", "G/T / HTTP/1.1" + rest),
                bad("a method with a colon", "method_invalid", "Host: relay\r\n\r\n"),
                new Refused("a method of 33 letters", 501, "method_unknown", "M".repeat(33) + " / HTTP/1.1" + rest),
                new Refused(
                        "a target of 8 KiB and one",
                        414,
                        "target_too_long",
                        "GET /" + "a".repeat(8192) + " HTTP/1.1" + rest),
                new Refused(
                        "a target of 20 KiB",
                        414,
                        "start_line_too_long",
                        "GET /" + "a".repeat(20_000) + " HTTP/1.1" + rest),
                new Refused("a target without end", 414, "start_line_too_long", "GET /" + "a".repeat(20_000)),
                bad("a space in the target", "version_invalid", "GET /a b HTTP/1.1" + rest),
                bad("NUL in the target", "target_invalid", "GET /a\0b HTTP/1.1" + rest),
                bad("a tab in the target", "target_invalid", "GET /a\tb HTTP/1.1" + rest),
                bad("a carriage return in the target", "target_invalid", "GET /a\rb HTTP/1.1" + rest),
                bad("raw UTF-8 in the target", "target_invalid", "GET /\u00c3\u00a9 HTTP/1.1" + rest),
                bad("a fragment", "target_invalid", "GET /a#b HTTP/1.1" + rest),
                bad("a backslash", "target_invalid", "GET /a\\..\\b HTTP/1.1" + rest),
                bad("a brace", "target_invalid", "GET /{a} HTTP/1.1" + rest),
                bad("a bracket in the path", "target_invalid", "GET /[a] HTTP/1.1" + rest),
                bad("a percent sign alone", "target_invalid", "GET /100% HTTP/1.1" + rest),
                bad("a percent sign and no digits", "target_invalid", "GET /?a=%g0 HTTP/1.1" + rest),
                bad("a relative target", "target_invalid", "GET v1/models HTTP/1.1" + rest),
                bad("a star that is not for OPTIONS", "target_invalid", "GET * HTTP/1.1" + rest),
                bad("another scheme", "target_invalid", "GET ftp://relay/ HTTP/1.1" + rest),
                bad("a user in the target", "target_invalid", "GET http://a:b@relay/ HTTP/1.1" + rest),
                bad("an absolute form without a host", "target_invalid", "GET http:///a HTTP/1.1" + rest),
                bad("CONNECT to a path", "target_invalid", "CONNECT /a HTTP/1.1" + rest),
                bad("CONNECT without a port", "target_invalid", "CONNECT relay HTTP/1.1" + rest));
    }

    static Stream<Refused> hosts() {
        return Stream.of(
                bad("no Host", "host_missing", "GET / HTTP/1.1\r\n\r\n"),
                bad("two Hosts", "host_repeated", get("Host: relay\r\n")),
                bad("two Hosts in HTTP/1.0", "host_repeated", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
                bad(
                        "another Host than in the target",
                        "host_differs",
                        "GET http://other/ HTTP/1.1\r\nHost: relay\r\n\r\n"),
                bad("an empty Host", "host_invalid", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
                bad("two names in a Host", "host_invalid", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
                bad("a user in a Host", "host_invalid", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"),
                bad("a path in a Host", "host_invalid", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
                bad("a scheme in a Host", "host_invalid", "GET / HTTP/1.1\r\nHost: http://a\r\n\r\n"),
                bad("letters in a port", "host_invalid", "GET / HTTP/1.1\r\nHost: a:http\r\n\r\n"),
                bad("two ports", "host_invalid", "GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n"),
                bad("a port beyond 65535", "host_invalid", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n"),
                bad("an open bracket", "host_invalid", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
                bad("a name in brackets", "host_invalid", "GET / HTTP/1.1\r\nHost: [relay]\r\n\r\n"),
                bad(
                        "a Host beyond 261 bytes",
                        "host_invalid",
                        "GET / HTTP/1.1\r\nHost: " + "a".repeat(262) + "\r\n\r\n"));
    }

    static Stream<Refused> connections() {
        return Stream.of(
                bad(
                        "stripping of the length",
                        "connection_invalid",
                        post("Content-Length: 5\r\nConnection: content-length", "hello")),
                bad(
                        "stripping of the coding",
                        "connection_invalid",
                        post("Transfer-Encoding: chunked\r\nConnection: close, Transfer-Encoding", CHUNKS)),
                bad("stripping of the Host", "connection_invalid", get("Connection: host\r\n")),
                bad("stripping of the key", "connection_invalid", get("Connection: keep-alive, Authorization\r\n")),
                bad("stripping of a provider's key", "connection_invalid", get("Connection: x-api-key\r\n")),
                bad(
                        "stripping in a second field",
                        "connection_invalid",
                        get("Connection: close\r\nConnection: X-Forwarded-For\r\n")),
                bad("a Connection of no tokens", "connection_invalid", get("Connection: \"close\"\r\n")),
                bad("a Connection without commas", "connection_invalid", get("Connection: close keep-alive\r\n")),
                bad(
                        "a Connection of more than 1 KiB",
                        "connection_invalid",
                        get("Connection: " + "close, ".repeat(147) + "\r\n")),
                new Refused(
                        "an unknown expectation",
                        417,
                        "expectation_unknown",
                        post("Expect: 200-ok\r\nContent-Length: 5", "hello")),
                new Refused(
                        "two expectations",
                        417,
                        "expectation_unknown",
                        get("Expect: 100-continue\r\nExpect: 100-continue\r\n")));
    }

    @ParameterizedTest
    @MethodSource({"lengths", "codings", "chunkTricks", "lines", "requestLines", "hosts", "connections"})
    void isRefused(Refused refused) {
        byte[] input = bytes(refused.request);
        HttpException fault = catchThrowableOfType(HttpException.class, () -> readAll(input, input.length));
        assertThat(fault).isNotNull();
        assertThat(fault.status()).isEqualTo(refused.status);
        assertThat(fault.code()).isEqualTo(refused.code);
        assertThat(fault.getMessage())
                .contains("(expected: ")
                .hasSizeLessThan(400)
                .matches("[\\x20-\\x7e]+");
        assertThat(fault.getStackTrace()).isEmpty();
        for (int step : List.of(1, 2, 7, 1024)) {
            HttpException again = catchThrowableOfType(HttpException.class, () -> readAll(input, step));
            assertThat(again).as("in steps of " + step).isNotNull();
            assertThat(again).hasMessage(fault.getMessage());
        }
    }

    /** Reads one message, given the bytes step by step. */
    private static void readAll(byte[] input, int step) throws HttpException {
        Head head = new Head();
        int end = Head.INCOMPLETE;
        int to = 0;
        while (end == Head.INCOMPLETE && to < input.length) {
            to = Math.min(input.length, to + step);
            end = head.request(input, 0, to);
        }
        BodyWalker walker = new BodyWalker();
        walker.begin(head.framing(), head.contentLength());
        int at = end;
        while (at < input.length && !walker.ended()) {
            while (walker.next(input, at, to)) {
                at = walker.position();
            }
            at = walker.position();
            to = Math.min(input.length, to + step);
        }
    }
}
