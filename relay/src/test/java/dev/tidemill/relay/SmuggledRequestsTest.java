package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that two readers might take differently, with another one hidden behind: refused, the connection closed, and not
 * a byte of either at the provider, however they arrive.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(NothingLeaks.class)
class SmuggledRequestsTest {
    private static final String BODY = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    private static final String CHUNKS = Integer.toHexString(BODY.length()) + "\r\n" + BODY + "\r\n0\r\n\r\n";

    private RelayFixture fixture;

    private record Trick(String situation, String request) {
        @Override
        public String toString() {
            return situation;
        }
    }

    @BeforeAll
    void start() throws Exception {
        fixture = new RelayFixture();
    }

    @AfterAll
    void stop() {
        fixture.close();
    }

    private String post(String headers, String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: relay\r\nAuthorization: Bearer " + fixture.key.text()
                + "\r\n" + headers + "\r\n\r\n" + body;
    }

    private Trick head(String situation, String headers) {
        return new Trick(situation, post(headers, BODY));
    }

    private Trick chunks(String situation, String body) {
        return new Trick(situation, post("Transfer-Encoding: chunked", body));
    }

    Stream<Trick> tricks() {
        int n = BODY.length();
        String length = "Content-Length: " + n;
        String hex = Integer.toHexString(n);
        return Stream.of(
                head("a length and a coding", length + "\r\nTransfer-Encoding: chunked"),
                head("a coding and a length", "Transfer-Encoding: chunked\r\n" + length),
                head("a length and an unknown coding", length + "\r\nTransfer-Encoding: x"),
                head("a length and an empty coding", length + "\r\nTransfer-Encoding:"),
                head("two lengths that differ", length + "\r\nContent-Length: 0"),
                head("two equal lengths", length + "\r\n" + length),
                head("a list of lengths", length + ", " + n),
                head("a length with a plus", "Content-Length: +" + n),
                head("a negative length", "Content-Length: -1"),
                head("a hexadecimal length", "Content-Length: 0x" + hex),
                head("a length with an underscore", "Content-Length: 1_0"),
                head("an empty length", "Content-Length:"),
                head("a length of 2^64", "Content-Length: 18446744073709551616"),
                head("a length with a space inside", "Content-Length: " + n + " 0"),
                head("a space before the colon", "Content-Length : " + n),
                head("a tab before the colon", "Transfer-Encoding\t: chunked"),
                head("a folded length", "Content-Length:\r\n " + n),
                head("a folded coding", "Transfer-Encoding:\r\n chunked"),
                head("a line ended by a line feed", "X: a\n" + length),
                head("a carriage return alone", "X: a\r" + length),
                head("an underscore for a dash", "Content_Length: " + n),
                head("NUL in a value", "X: a\0b\r\n" + length),
                head("xchunked", "Transfer-Encoding: xchunked"),
                head("chunked, identity", "Transfer-Encoding: chunked, identity"),
                head("gzip, chunked", "Transfer-Encoding: gzip, chunked"),
                head("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
                head("chunked with a vertical tab", "Transfer-Encoding: \u000bchunked"),
                head("quoted chunked", "Transfer-Encoding: \"chunked\""),
                head("stripping of the length", length + "\r\nConnection: content-length"),
                head("stripping of the coding", "Transfer-Encoding: chunked\r\nConnection: close, transfer-encoding"),
                head("stripping of the key", length + "\r\nConnection: Authorization"),
                head("stripping of the Host", length + "\r\nConnection: host"),
                head("two Hosts", "Host: other\r\n" + length),
                head("a user in the Host", "X: y\r\nHost: a@b\r\n" + length),
                new Trick(
                        "another Host than in the target", post(length, BODY).replace("POST /", "POST http://other/")),
                new Trick(
                        "a coding in HTTP/1.0",
                        post("Transfer-Encoding: chunked", CHUNKS).replace("HTTP/1.1", "HTTP/1.0")),
                new Trick(
                        "a request line ended by a line feed",
                        post(length, BODY).replace("HTTP/1.1\r\n", "HTTP/1.1\n")),
                new Trick("two spaces in the request line", post(length, BODY).replace("POST /", "POST  /")),
                new Trick("a space in the path", post(length, BODY).replace("/v1/", "/v1 /")),
                new Trick("a version that does not exist", post(length, BODY).replace("HTTP/1.1", "HTTP/1.2")),
                new Trick("no version", post(length, BODY).replace(" HTTP/1.1", "")),
                new Trick("a blank line of a line feed", "\n" + post(length, BODY)),
                chunks("a chunk size of 0x", "0x" + CHUNKS),
                chunks("a chunk size with a plus", "+" + CHUNKS),
                chunks("a negative chunk size", "-" + CHUNKS),
                chunks("a chunk size with an underscore", hex + "_0\r\n" + BODY + "\r\n0\r\n\r\n"),
                chunks("a chunk size with a space", hex + " \r\n" + BODY + "\r\n0\r\n\r\n"),
                chunks("no chunk size", "\r\n" + BODY + "\r\n0\r\n\r\n"),
                chunks("a chunk size of 2^64", "1" + "0".repeat(16) + "\r\n" + BODY + "\r\n0\r\n\r\n"),
                chunks("a chunk size ended by a line feed", hex + "\n" + BODY + "\r\n0\r\n\r\n"),
                chunks("a chunk ended by a line feed", hex + "\r\n" + BODY + "\n0\r\n\r\n"),
                chunks("a chunk longer than it says", Integer.toHexString(n - 2) + "\r\n" + BODY + "\r\n0\r\n\r\n"),
                chunks("a chunk shorter than it says", Integer.toHexString(n + 2) + "\r\n" + BODY + "\r\n0\r\n\r\n"),
                chunks("a line feed in an extension", hex + ";a\nb\r\n" + BODY + "\r\n0\r\n\r\n"),
                chunks("a line end in a quoted extension", hex + ";a=\"\r\n\"\r\n" + BODY + "\r\n0\r\n\r\n"),
                chunks("an end by a line feed", CHUNKS.substring(0, CHUNKS.length() - 2) + "\n"),
                chunks(
                        "a trailer without a colon",
                        CHUNKS.substring(0, CHUNKS.length() - 2) + "GET / HTTP/1.1\r\n\r\n"),
                chunks("a folded trailer", CHUNKS.substring(0, CHUNKS.length() - 2) + "X: a\r\n b\r\n\r\n"));
    }

    @ParameterizedTest
    @MethodSource("tricks")
    void isRefusedAndNothingOfItOrBehindItReachesTheProvider(Trick trick) throws Exception {
        String smuggled = fixture.post("/v1/chat/completions", BODY.replace("\"m\"", "\"smuggled\""));
        byte[] bytes = (trick.request() + smuggled).getBytes(StandardCharsets.ISO_8859_1);
        for (int step : List.of(bytes.length, 64, 7)) {
            fixture.simulator.reset();
            try (HttpClient client = fixture.client()) {
                try {
                    for (int at = 0; at < bytes.length; at += step) {
                        client.send(java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + step)));
                    }
                } catch (java.io.IOException e) {
                    assertThat(step).as("the whole is taken at once").isLessThan(bytes.length);
                }
                HttpClient.Answer answer = client.read();
                assertThat(answer.status()).isIn(400, 501, 505);
                assertThat(ErrorBody.of(answer).message()).contains("(expected: ", "the connection is closed");
                assertThat(answer.header("connection")).isEqualTo("close");
                assertThat(client.closed()).isTrue();
            }
            assertThat(fixture.simulator.counts().total().asked()).isZero();
            assertThat(fixture.simulator.counts().bytesIn()).isZero();
        }
        Eventually.until(() -> fixture.relay.running() == 0);
    }

    @Test
    void garbageBehindARequestIsRefusedAfterItsAnswer() throws Exception {
        fixture.simulator.reset();
        try (HttpClient client = fixture.client()) {
            client.send(fixture.chat("a", true) + fixture.chat("b", false) + "\0garbage\r\n\r\n"
                    + fixture.chat("smuggled", false));
            assertThat(client.read().body()).endsWith("data: [DONE]\n\n");
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(ErrorBody.of(client.read()).code()).isEqualTo("start_line_invalid");
            assertThat(client.closed()).isTrue();
        }
        assertThat(fixture.simulator.counts().models()).containsOnlyKeys("a", "b");
    }

    @Test
    void whatWaitsBehindARequestIsReadInOrderHoweverItIsCut() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            List<String> models = new ArrayList<>();
            StringBuilder wire = new StringBuilder();
            for (int i = 0; i < 8; i++) {
                String model = "r" + round + "-" + i;
                models.add(model);
                wire.append(fixture.chat(model, random.nextBoolean()));
            }
            byte[] bytes = wire.toString().getBytes(StandardCharsets.UTF_8);
            fixture.simulator.reset();
            try (HttpClient client = fixture.client()) {
                for (int at = 0; at < bytes.length; ) {
                    int to = Math.min(bytes.length, at + 1 + random.nextInt(random.nextBoolean() ? 20 : 700));
                    client.send(java.util.Arrays.copyOfRange(bytes, at, to));
                    at = to;
                    if (random.nextInt(4) == 0) {
                        Thread.sleep(0, 200_000); // so that cuts reach the relay as cuts
                    }
                }
                for (String model : models) {
                    assertThat(client.read().header("x-tidemill-target"))
                            .as("seed " + seed)
                            .isEqualTo("sim/" + model);
                }
            }
            assertThat(fixture.simulator.requests())
                    .as("seed " + seed)
                    .extracting(seen -> seen.text().replaceAll(".*\"model\":\"([^\"]*)\".*", "$1"))
                    .containsExactlyElementsOf(models);
        }
    }

    @Test
    void oneRequestCutAnywhereIsAnsweredAlike() throws Exception {
        String chunked = post(
                        "Transfer-Encoding: chunked\r\nContent-Type: application/json",
                        "7;a=\"b\"\r\n" + BODY.substring(0, 7) + "\r\n")
                + Integer.toHexString(BODY.length() - 7) + "\r\n" + BODY.substring(7) + "\r\n0\r\nX: y\r\n\r\n";
        for (String request : List.of(fixture.chat("whole", false), chunked)) {
            byte[] bytes = request.getBytes(StandardCharsets.UTF_8);
            fixture.simulator.reset();
            try (HttpClient client = fixture.client()) {
                String body = null;
                for (int cut = 0; cut < bytes.length; cut++) {
                    client.send(java.util.Arrays.copyOf(bytes, cut));
                    if (cut % 16 == 0) {
                        Thread.sleep(1);
                    }
                    client.send(java.util.Arrays.copyOfRange(bytes, cut, bytes.length));
                    HttpClient.Answer answer = client.read();
                    assertThat(answer.status())
                            .as("cut at " + cut + ": " + answer.body())
                            .isEqualTo(200);
                    body = fixture.simulator.requests().getLast().text();
                }
                assertThat(body).startsWith("{\"model\":").endsWith("}]}");
                for (byte one : bytes) {
                    client.send(new byte[] {one});
                }
                assertThat(client.read().status()).isEqualTo(200);
            }
            assertThat(fixture.simulator.requests())
                    .extracting(seen -> seen.text())
                    .containsOnly(fixture.simulator.requests().getFirst().text());
        }
    }
}
