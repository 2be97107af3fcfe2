package dev.tidemill.wire.http;

import static dev.tidemill.wire.http.Texts.bytes;
import static dev.tidemill.wire.http.Texts.get;
import static dev.tidemill.wire.http.Texts.post;
import static dev.tidemill.wire.http.Texts.request;
import static dev.tidemill.wire.http.Texts.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HeadTest {
    @Test
    void aRequestIsTakenApartInPlace() throws HttpException {
        Head head = request(
                "POST /v1/chat/completions?a=b HTTP/1.1\r\nhost: relay\r\nX-Thing: \t a b\t \r\nContent-Length: 7\r\n\r\nrest");
        assertThat(head.method()).isEqualTo(Method.POST);
        assertThat(head.minorVersion()).isEqualTo(1);
        assertThat(head.path()).isEqualTo("/v1/chat/completions");
        assertThat(head.query()).isEqualTo("a=b");
        assertThat(head.count()).isEqualTo(3);
        assertThat(head.name(1)).isEqualTo("X-Thing");
        assertThat(head.value(1)).isEqualTo("a b");
        assertThat(text(head.bytes(), head.lineFrom(1), head.lineTo(1))).isEqualTo("X-Thing: \t a b\t \r\n");
        assertThat(head.known(0)).isEqualTo(Header.HOST);
        assertThat(head.known(1)).isEqualTo(Header.OTHER);
        assertThat(head.find(Header.CONTENT_LENGTH)).isEqualTo(2);
        assertThat(head.find(Header.ACCEPT)).isEqualTo(-1);
        assertThat(head.find("x-thing")).isEqualTo(1);
        assertThat(head.find("x-other")).isEqualTo(-1);
        assertThat(head.valueIs(0, "relay")).isTrue();
        assertThat(head.valueIs(0, "relax")).isFalse();
        assertThat(head.framing()).isEqualTo(Framing.LENGTH);
        assertThat(head.contentLength()).isEqualTo(7);
        assertThat(head.keepAlive()).isTrue();
    }

    @Test
    void theOffsetAnsweredIsBehindTheHead() throws HttpException {
        byte[] a = bytes("..\r\n" + get("") + "GET");
        Head head = new Head();
        assertThat(head.request(a, 2, a.length)).isEqualTo(a.length - 3);
        assertThat(head.request(a, 2, a.length)).as("asked again").isEqualTo(a.length - 3);
    }

    @Test
    void aHeadWhoseBytesMovedIsStillThere() throws HttpException {
        byte[] a = bytes(get("Accept: */*\r\n"));
        Head head = new Head();
        assertThat(head.request(a, 0, 20)).isEqualTo(Head.INCOMPLETE);
        byte[] b = new byte[a.length + 5];
        System.arraycopy(a, 0, b, 5, a.length);
        assertThat(head.request(b, 5, b.length)).isEqualTo(b.length);
        assertThat(head.value(1)).isEqualTo("*/*");
        head.rebase(a, 0);
        assertThat(head.value(1)).isEqualTo("*/*");
    }

    @Test
    void aClearedHeadTakesAnotherMessage() throws HttpException {
        Head head = new Head();
        byte[] a = bytes(
                post("Content-Length: 3\r\nConnection: close\r\nExpect: 100-continue\r\nAccept: a\r\nAccept: b", ""));
        head.request(a, 0, a.length);
        assertThat(head.count(Header.ACCEPT)).isEqualTo(2);
        head.clear();
        byte[] b = bytes(get(""));
        head.request(b, 0, b.length);
        assertThat(head.count()).isEqualTo(1);
        assertThat(head.count(Header.ACCEPT)).isZero();
        assertThat(head.find(Header.ACCEPT)).isEqualTo(-1);
        assertThat(head.framing()).isEqualTo(Framing.NONE);
        assertThat(head.contentLength()).isEqualTo(-1);
        assertThat(head.keepAlive()).isTrue();
        assertThat(head.expectContinue()).isFalse();
    }

    @Test
    void aFaultStaysUntilCleared() throws HttpException {
        Head head = new Head();
        byte[] a = bytes("GET / HTTP/1.1\r\nHost : a\r\n\r\n");
        assertThatThrownBy(() -> head.request(a, 0, a.length)).isInstanceOf(HttpException.class);
        assertThatThrownBy(() -> head.request(a, 0, a.length)).isInstanceOf(HttpException.class);
        head.clear();
        byte[] b = bytes(get(""));
        assertThat(head.request(b, 0, b.length)).isEqualTo(b.length);
    }

    @ParameterizedTest
    @CsvSource({
        "GET /, /, ''",
        "GET /?, /, ''",
        "GET /a?b?c, /a, b?c",
        "GET //a/./%2e%2E;x, //a/./%2e%2E;x, ''",
        "GET /a?x[]=1&y=/, /a, x[]=1&y=/",
        "GET http://relay/a?b, /a, b",
        "GET HTTPS://Relay/, /, ''",
        "GET http://relay, /, ''",
        "GET http://relay?b, /, b",
        "OPTIONS *, *, ''",
        "CONNECT relay:443, '', ''"
    })
    void everyFormOfTargetHasAPath(String line, String path, String query) throws HttpException {
        String host = line.contains(":443") ? "relay:443" : "relay";
        Head head = request(line + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        assertThat(head.path()).isEqualTo(path);
        assertThat(head.query()).isEqualTo(query);
        assertThat(text(head.bytes(), head.targetFrom(), head.targetTo()))
                .isEqualTo(line.substring(line.indexOf(' ') + 1));
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void methodsAreKnownInUpperCaseAlone(Method method) throws HttpException {
        String target = method == Method.CONNECT ? "relay:443" : "/";
        String rest = " HTTP/1.1\r\nHost: relay" + (method == Method.CONNECT ? ":443" : "") + "\r\n\r\n";
        assertThat(request(method + " " + target + rest).method()).isEqualTo(method);
        assertThat(request(method.name().toLowerCase(Locale.ROOT) + " /" + rest).method())
                .isEqualTo(Method.OTHER);
    }

    @ParameterizedTest
    @CsvSource({
        "1.1, '', true",
        "1.1, close, false",
        "1.1, 'keep-alive, CLOSE', false",
        "1.1, Keep-Alive, true",
        "1.0, '', false",
        "1.0, Keep-Alive, true",
        "1.0, 'keep-alive,close', false",
        "1.1, ',, te ,', true"
    })
    void whetherTheConnectionStays(String version, String connection, boolean keepAlive) throws HttpException {
        assertThat(request("GET / HTTP/" + version + "\r\nHost: a\r\nConnection: " + connection + "\r\n\r\n")
                        .keepAlive())
                .isEqualTo(keepAlive);
    }

    @Test
    void severalConnectionFieldsCountTogether() throws HttpException {
        Head head = request(get("Connection: keep-alive\r\nX: y\r\nconnection: X-Private, close\r\nx-private: 1\r\n"));
        assertThat(head.keepAlive()).isFalse();
        assertThat(head.hopByHop(head.find("x-private"))).isTrue();
        assertThat(head.hopByHop(head.find("x"))).isFalse();
        assertThat(head.hopByHop(head.find(Header.HOST))).isFalse();
        assertThat(head.hopByHop(head.find(Header.CONNECTION))).isTrue();
    }

    @Test
    void aClientThatOffersHttp2MayBeTakenAtHttp1() throws HttpException {
        Head head = request(get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n"));
        assertThat(head.upgrade()).isTrue();
        assertThat(head.keepAlive()).isTrue();
        assertThat(head.hopByHop(head.find(Header.HTTP2_SETTINGS))).isTrue();
        assertThat(request(get("Upgrade: h2c\r\n")).upgrade())
                .as("not named by Connection")
                .isFalse();
    }

    @Test
    void expectationsAreForHttp11() throws HttpException {
        assertThat(request(get("Expect: 100-Continue\r\n")).expectContinue()).isTrue();
        assertThat(request("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expectContinue())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"relay", "relay:80", "relay:", "127.0.0.1:8080", "[::1]", "[2001:db8::1]:443", "my_service-1.local"})
    void hosts(String host) throws HttpException {
        assertThat(request("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").value(0))
                .isEqualTo(host);
    }

    @Test
    void lengthsUpToTheLargestLong() throws HttpException {
        assertThat(request(post("Content-Length: 9223372036854775807", "")).contentLength())
                .isEqualTo(Long.MAX_VALUE);
        assertThat(request(post("Content-Length: 0", "")).framing()).isEqualTo(Framing.LENGTH);
        assertThat(request(post("Content-Length: 007", "")).contentLength()).isEqualTo(7);
    }

    @Test
    void moreFieldsThanUsualAreAllThere() throws HttpException {
        StringBuilder fields = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            fields.append("X-").append(i).append(": ").append(i * i).append("\r\n");
        }
        byte[] many = bytes(get(fields.toString()));
        byte[] one = bytes(get("Accept: */*\r\n"));
        Head head = new Head();
        for (int i = 0; i < 2; i++) {
            assertThat(head.request(many, 0, many.length)).isEqualTo(many.length);
            assertThat(head.count()).isEqualTo(101);
            for (int field = 0; field < 100; field++) {
                assertThat(head.name(field + 1)).isEqualToIgnoringCase("X-" + field);
                assertThat(head.value(field + 1)).isEqualTo(Integer.toString(field * field));
            }
            head.clear();
            head.request(one, 0, one.length);
            assertThat(head.value(1)).isEqualTo("*/*");
            head.clear();
        }
    }

    @Test
    void limitsAreInclusive() throws HttpException {
        byte[] a = bytes(get("A: b\r\nC: d\r\n"));
        assertThat(new Head(a.length, 3).request(a, 0, a.length)).isEqualTo(a.length);
        assertThatThrownBy(() -> new Head(a.length - 1, 3).request(a, 0, a.length))
                .hasMessageStartingWith("head: > " + (a.length - 1));
        assertThatThrownBy(() -> new Head(a.length, 2).request(a, 0, a.length))
                .hasMessageStartingWith("header fields: > 2");
        String target = "/" + "a".repeat(8191);
        assertThat(request("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").path())
                .isEqualTo(target);
        assertThatThrownBy(() -> new Head(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
