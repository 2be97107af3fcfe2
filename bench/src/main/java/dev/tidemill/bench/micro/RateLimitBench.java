package dev.tidemill.bench.micro;

import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.HttpException;
import dev.tidemill.wire.ratelimit.RateLimitHeaders;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Rate limits out of a parsed answer of sixteen fields, with and without any. {@code ./dev bench micro RateLimit} */
@State(Scope.Thread)
public class RateLimitBench {
    private static final long NOW = 1_795_334_400_000L;

    private static final String LIMITS = """
            x-ratelimit-limit-requests: 10000\r
            x-ratelimit-limit-tokens: 30000000\r
            x-ratelimit-remaining-requests: 9999\r
            x-ratelimit-remaining-tokens: 29999987\r
            x-ratelimit-reset-requests: 6ms\r
            x-ratelimit-reset-tokens: 1.182s\r
            """;

    private static final String OTHERS = """
            x-content-type-options: nosniff\r
            x-envoy-upstream-service-time: 412\r
            cf-cache-status: DYNAMIC\r
            cf-ray: 0123456789abcdef-AMS\r
            x-frame-options: DENY\r
            vary: Origin\r
            """;

    @Param({"none", "openai"})
    private String limits = "none";

    private final Head head = new Head();
    private final RateLimitHeaders headers = new RateLimitHeaders();

    @Setup
    public void parse() throws HttpException {
        String text = """
                HTTP/1.1 200 OK\r
                Date: Sun, 22 Nov 2026 05:00:00 GMT\r
                Content-Type: text/event-stream; charset=utf-8\r
                Transfer-Encoding: chunked\r
                Connection: keep-alive\r
                openai-organization: o\r
                openai-processing-ms: 214\r
                openai-version: 2020-10-01\r
                x-request-id: req_0123456789abcdef0123456789abcdef\r
                x-upstream-region: eu\r
                alt-svc: h3=":443"; ma=86400\r
                """;
        byte[] a = (text + (limits.equals("none") ? OTHERS : LIMITS) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        head.response(a, 0, a.length, false);
    }

    @Benchmark
    public boolean read() {
        return headers.read(head, NOW);
    }
}
