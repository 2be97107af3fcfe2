package dev.tidemill.bench.micro;

import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.HttpException;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The head of a request as the Python client sends it, and of a provider's answer. {@code ./dev bench micro Head} */
@State(Scope.Thread)
public class HeadBench {
    private static final byte[] REQUEST = """
            POST /v1/chat/completions HTTP/1.1\r
            Host: 127.0.0.1:8080\r
            Accept-Encoding: gzip, deflate\r
            Connection: keep-alive\r
            Accept: application/json\r
            Content-Type: application/json\r
            User-Agent: OpenAI/Python 2.6.1\r
            X-Stainless-Lang: python\r
            X-Stainless-Package-Version: 2.6.1\r
            X-Stainless-OS: Linux\r
            X-Stainless-Arch: x64\r
            X-Stainless-Runtime: CPython\r
            X-Stainless-Runtime-Version: 3.13.5\r
            Authorization: Bearer tm-abcdefgh_0123456789abcdefghijklmnopqrstuvwxyz0123456\r
            X-Stainless-Async: false\r
            x-stainless-retry-count: 0\r
            x-stainless-read-timeout: 600\r
            Content-Length: 3072\r
            \r
            """.getBytes(StandardCharsets.US_ASCII);

    private static final byte[] RESPONSE = """
            HTTP/1.1 200 OK\r
            Date: Sun, 22 Nov 2026 05:00:00 GMT\r
            Content-Type: text/event-stream; charset=utf-8\r
            Transfer-Encoding: chunked\r
            Connection: keep-alive\r
            openai-processing-ms: 214\r
            x-request-id: req_0123456789abcdef0123456789abcdef\r
            x-ratelimit-limit-requests: 10000\r
            x-ratelimit-remaining-requests: 9999\r
            \r
            """.getBytes(StandardCharsets.US_ASCII);

    private final Head head = new Head();

    @Benchmark
    public int request() throws HttpException {
        head.clear();
        return head.request(REQUEST, 0, REQUEST.length);
    }

    @Benchmark
    public int response() throws HttpException {
        head.clear();
        return head.response(RESPONSE, 0, RESPONSE.length, false);
    }
}
