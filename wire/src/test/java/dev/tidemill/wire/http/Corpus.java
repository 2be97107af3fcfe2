package dev.tidemill.wire.http;

import static dev.tidemill.wire.http.Texts.get;
import static dev.tidemill.wire.http.Texts.post;

import java.util.List;

/** Well-formed connections to start from. */
final class Corpus {
    static final List<String> REQUESTS = List.of(
            "GET / HTTP/1.1\r\nHost: relay\r\n\r\n",
            "GET /health HTTP/1.0\r\n\r\n",
            "GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            "\r\n\r\nGET /v1/models?limit=20&after=x HTTP/1.1\r\nHost: relay:8080\r\nAuthorization: Bearer tm-abc\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
            "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n",
            "GET http://relay/v1/models?x[]=1 HTTP/1.1\r\nHost: relay\r\n\r\n",
            "PROPFIND /a%20b/;x=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            post("Content-Length: 5", "hello"),
            post("content-length:0", ""),
            post("Content-Type: application/json\r\nContent-Length: 11", "{\"a\":\"b\"}\r\n"),
            post("Content-Length: 3", "abc") + get(""),
            post("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"),
            post("transfer-encoding:\tChunked \t", "00a\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n") + get("Accept: */*\r\n"),
            post("Transfer-Encoding: chunked", "3;a=b;c=\"d\\\"e\";f\r\nabc\r\n0;last\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\nTrailer: X-A", "3\r\nabc\r\n0\r\nX-A: 1\r\nContent-Length: 9\r\n\r\n")
                    + get(""),
            post(
                    "Transfer-Encoding: chunked\r\nTE: trailers\r\nConnection: close, TE",
                    "F\r\n\r\n0\r\n\r\nGET / HT\r\n0\r\n\r\n"),
            post(
                    "Expect: 100-continue\r\nContent-Length: 2\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM",
                    "{}"),
            post(
                    "X-Empty:\r\nX-Tab:\ta\tb\t\r\nX-High: \u00e9\u00ff\r\nX-Colon: a:b: c\r\nCookie: a=b; c=d\r\nContent-Length: 1",
                    "x"),
            get("") + get("A: 1\r\nA: 2\r\na: 3\r\n") + post("Content-Length: 4", "\r\n\r\n"));

    static final List<String> RESPONSES = List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
            "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\nuntil the end",
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\ndata: 2\n\n",
            "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 12\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\thints \u00e9\r\nLink: </a>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx",
            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\nContent-Length: 3\r\n\r\nno!",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nServer: x\r\n\r\n8\r\ndata: 1\n\r\n1\r\n\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=\"\ty\"\r\na\r\n0\r\nX-Checksum: 1\r\n\r\nHTTP/1.1 599 \r\nContent-Length: 4\r\n\r\nHTTP",
            "HTTP/1.1 500 Internal Server Error\r\nKeep-Alive: timeout=5\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

    private Corpus() {}
}
