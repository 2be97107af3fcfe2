package dev.tidemill.wire.http;

import static dev.tidemill.wire.http.Texts.bytes;
import static dev.tidemill.wire.http.Texts.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseHeadTest {
    @ParameterizedTest
    @CsvSource({
        "200, '', UNTIL_CLOSE, false",
        "200, 'Content-Length: 5', LENGTH, true",
        "200, 'Content-Length: 0', LENGTH, true",
        "200, 'Transfer-Encoding: CHUNKED', CHUNKED, true",
        "200, 'Connection: close|Transfer-Encoding: chunked', CHUNKED, false",
        "100, '', NONE, true",
        "103, '', NONE, true",
        "204, '', NONE, true",
        "204, 'Content-Length: 0', NONE, true",
        "304, '', NONE, true",
        "304, 'Content-Length: 100', NONE, true",
        "304, 'Transfer-Encoding: chunked', NONE, true",
        "429, '', UNTIL_CLOSE, false"
    })
    void howTheBodyEnds(int status, String lines, Framing framing, boolean keepAlive) throws HttpException {
        Head head = response("HTTP/1.1 " + status + " Some reason\r\n"
                + (lines + "|").replace("|", "\r\n").replaceAll("^\r\n", "") + "\r\n");
        assertThat(head.status()).isEqualTo(status);
        assertThat(head.framing()).isEqualTo(framing);
        assertThat(head.keepAlive()).isEqualTo(keepAlive);
    }

    @Test
    void anAnswerToHeadHasNoBodyWhateverItSays() throws HttpException {
        byte[] a = bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        Head head = new Head();
        assertThat(head.response(a, 0, a.length, true)).isEqualTo(a.length);
        assertThat(head.framing()).isEqualTo(Framing.NONE);
        assertThat(head.contentLength()).isEqualTo(5);
        assertThat(head.keepAlive()).isTrue();
    }

    @Test
    void anAnswerOfHttp10EndsItsConnectionUnlessItSaysOtherwise() throws HttpException {
        assertThat(response("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n").keepAlive())
                .isFalse();
        assertThat(response("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n")
                        .keepAlive())
                .isTrue();
        assertThat(response("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n").keepAlive())
                .isFalse();
    }

    @Test
    void theReasonMayBeEmptyOrAnything() throws HttpException {
        assertThat(response("HTTP/1.1 200 \r\n\r\n").status()).isEqualTo(200);
        assertThat(response("HTTP/1.1 599 Very\tbad \u00e9: HTTP/1.1 200 OK\r\n\r\n")
                        .status())
                .isEqualTo(599);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a length and a coding | length_ambiguous | HTTP/1.1 200 OK~Content-Length: 5~Transfer-Encoding: chunked~~",
                "a length and a coding without a body | length_ambiguous | HTTP/1.1 304 OK~Content-Length: 5~Transfer-Encoding: chunked~~",
                "two lengths | content_length_repeated | HTTP/1.1 200 OK~Content-Length: 5~Content-Length: 5~~",
                "two lengths without a body | content_length_repeated | HTTP/1.1 304 OK~Content-Length: 5~Content-Length: 6~~",
                "a list of lengths | content_length_invalid | HTTP/1.1 200 OK~Content-Length: 5, 5~~",
                "a negative length | content_length_invalid | HTTP/1.1 200 OK~Content-Length: -1~~",
                "another coding | transfer_encoding_invalid | HTTP/1.1 200 OK~Transfer-Encoding: gzip, chunked~~",
                "identity | transfer_encoding_invalid | HTTP/1.1 200 OK~Transfer-Encoding: identity~~",
                "a coding in HTTP/1.0 | transfer_encoding_invalid | HTTP/1.0 200 OK~Transfer-Encoding: chunked~~",
                "a 204 with a coding | body_forbidden | HTTP/1.1 204 OK~Transfer-Encoding: chunked~~",
                "a 204 with a length | body_forbidden | HTTP/1.1 204 OK~Content-Length: 3~~",
                "a 100 with a length | body_forbidden | HTTP/1.1 100 OK~Content-Length: 3~~",
                "another protocol | upgrade_unasked | HTTP/1.1 101 Switching~Upgrade: websocket~Connection: upgrade~~",
                "a status below 100 | status_invalid | HTTP/1.1 099 OK~~",
                "a status beyond 599 | status_invalid | HTTP/1.1 600 OK~~",
                "a status of two digits | status_line_invalid | HTTP/1.1 20 OK~~",
                "a status of four digits | status_line_invalid | HTTP/1.1 2000 OK~~",
                "a status of letters | status_line_invalid | HTTP/1.1 2OO OK~~",
                "no status | status_line_invalid | HTTP/1.1~~",
                "no space behind the status | status_line_invalid | HTTP/1.1 200~~",
                "two spaces before the status | status_line_invalid | HTTP/1.1  200 OK~~",
                "HTTP/2.0 | version_unsupported | HTTP/2.0 200 OK~~",
                "ICY | version_invalid | ICY 200 OK~~",
                "no HTTP | version_invalid | SSH-2.0-OpenSSH_9.6~",
                "a blank line before | start_line_invalid | ~HTTP/1.1 200 OK~~",
                "a bare line feed | line_end_invalid | HTTP/1.1 200 OK^~~",
                "a bare carriage return in the reason | reason_invalid | HTTP/1.1 200 O`K~~",
                "a bare carriage return in a value | line_end_invalid | HTTP/1.1 200 OK~A: b`C: d~~",
                "a folded line | line_folded | HTTP/1.1 200 OK~A: b~ c~~",
                "a space before a colon | header_name_invalid | HTTP/1.1 200 OK~A : b~~",
                "stripping of the length | connection_invalid | HTTP/1.1 200 OK~Connection: content-length~Content-Length: 5~~"
            })
    void isRefused(String situation, String code, String answer) {
        String text = answer.replace("~", "\r\n").replace("^", "\n").replace("`", "\r");
        byte[] a = bytes(text);
        HttpException fault =
                catchThrowableOfType(HttpException.class, () -> new Head().response(a, 0, a.length, false));
        assertThat(fault).as(situation).isNotNull();
        assertThat(fault.code()).isEqualTo(code);
        Head dripped = new Head();
        HttpException again = catchThrowableOfType(HttpException.class, () -> {
            for (int to = 0; to <= a.length; to++) {
                dripped.response(a, 0, to, false);
            }
        });
        assertThat(again).hasMessage(fault.getMessage());
    }

    @Test
    void anAnswerMayNameItsCodingInConnection() throws HttpException {
        Head head = response("HTTP/1.1 200 OK\r\nConnection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n");
        assertThat(head.framing()).isEqualTo(Framing.CHUNKED);
    }

    @Test
    void aHeaderBombIsRefused() {
        byte[] a = bytes("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(200) + "\r\n");
        HttpException fault =
                catchThrowableOfType(HttpException.class, () -> new Head().response(a, 0, a.length, false));
        assertThat(fault.code()).isEqualTo("headers_too_many");
    }
}
