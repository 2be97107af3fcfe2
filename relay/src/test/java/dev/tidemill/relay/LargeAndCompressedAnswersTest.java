package dev.tidemill.relay;

import static dev.tidemill.relay.Script.playing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.simulator.RawStep;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers too large to hold, and compressed ones that nobody asked for. */
@ExtendWith(NothingLeaks.class)
class LargeAndCompressedAnswersTest {
    private static final int MIB = 1 << 20;

    private RelayFixture fixture;
    private HttpClient client;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture();
        client = fixture.client();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        fixture.atRest();
        fixture.close();
    }

    private HttpClient.Answer ask(byte[] answer, boolean stream, RawStep end) throws Exception {
        List<RawStep> steps = new ArrayList<>();
        steps.add(new RawStep.Send(new String(answer, StandardCharsets.ISO_8859_1)));
        steps.add(end);
        fixture.simulator.play(playing(steps));
        return client.ask(fixture.chat("m", stream));
    }

    private static String json(int bytes) {
        return "{\"choices\":[{\"message\":{\"content\":\"" + "é".repeat(bytes / 2) + "\"}}]}";
    }

    private static byte[] answer(int status, String headers, byte[] body, int length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(("HTTP/1.1 " + status + " X\r\n" + headers + "content-length: " + length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(body);
        return out.toByteArray();
    }

    private static byte[] answer(int status, String headers, byte[] body) {
        return answer(status, headers, body, body.length);
    }

    private static byte[] chunked(byte[] body, boolean end) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        for (int at = 0; at < body.length; at += 100_000) {
            int length = Math.min(100_000, body.length - at);
            out.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(body, at, length);
            out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        if (end) {
            out.writeBytes(Script.LAST_CHUNK.getBytes(StandardCharsets.US_ASCII));
        }
        return out.toByteArray();
    }

    private static final String JSON = "content-type: application/json\r\n";

    @ParameterizedTest
    @ValueSource(ints = {100_000, 7 * MIB, 9 * MIB, 12 * MIB})
    void anAnswerOfAnySizeComesWhole(int size) throws Exception {
        String body = json(size);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        HttpClient.Answer stated = ask(answer(200, JSON, bytes), false, new RawStep.Keep());
        assertThat(stated.whole()).isTrue();
        assertThat(stated.body()).isEqualTo(body);
        assertThat(stated.header("content-length")).isEqualTo(Integer.toString(bytes.length));
        HttpClient.Answer chunked = ask(chunked(bytes, true), false, new RawStep.Keep());
        assertThat(chunked.whole()).isTrue();
        assertThat(chunked.body()).isEqualTo(body);
        assertThat(fixture.simulator.counts().connectionsOpened()).isEqualTo(1);
    }

    @Test
    void oneThatWasTooLargeToHoldAndIsCutAbortsTheConnection() throws Exception {
        byte[] bytes = json(12 * MIB).getBytes(StandardCharsets.UTF_8);
        HttpClient.Answer stated = ask(answer(200, JSON, bytes, bytes.length + 1000), false, new RawStep.Close());
        assertThat(stated.status()).isEqualTo(200);
        assertThat(stated.whole()).isFalse();
        client.close();
        client = fixture.client();
        HttpClient.Answer chunked = ask(chunked(bytes, false), false, new RawStep.Reset());
        assertThat(chunked.status()).isEqualTo(200);
        assertThat(chunked.whole()).isFalse();
    }

    @Test
    void whatIsTooLargeAndNoAnswerIsRefused() throws Exception {
        byte[] bytes = json(9 * MIB).getBytes(StandardCharsets.UTF_8);
        for (byte[] answer : List.of(
                answer(200, "content-type: text/html\r\n", bytes),
                answer(401, JSON, bytes),
                answer(500, JSON, bytes))) {
            HttpClient.Answer seen = ask(answer, false, new RawStep.Keep());
            assertThat(seen.status()).isEqualTo(502);
            assertThat(seen.body()).contains("upstream_answer_too_large");
        }
        HttpClient.Answer noStream = ask(answer(200, JSON, bytes), true, new RawStep.Keep());
        assertThat(noStream.status()).isEqualTo(502);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 3 * MIB, 12 * MIB})
    void gzipAndBothKindsOfDeflateAreInflated(int size) throws Exception {
        StringBuilder text = new StringBuilder("{\"choices\":[{\"message\":{\"content\":\"");
        for (int i = 0; text.length() < size; i++) {
            text.append(Integer.toHexString(i * 0x9E3779B9)); // compresses, but not beyond belief
        }
        String body = text.append("\"}}]}").toString();
        byte[] plain = body.getBytes(StandardCharsets.UTF_8);
        for (byte[] answer : List.of(
                answer(200, JSON + "content-encoding: gzip\r\n", gzip(plain)),
                answer(200, JSON + "Content-Encoding: x-gzip\r\n", gzip(plain)),
                answer(200, JSON + "content-encoding: deflate\r\n", deflate(plain, false)),
                answer(200, JSON + "content-encoding: deflate\r\n", deflate(plain, true)))) {
            HttpClient.Answer seen = ask(answer, false, new RawStep.Keep());
            assertThat(seen.whole()).isTrue();
            assertThat(seen.body()).isEqualTo(body);
            assertThat(seen.header("content-encoding")).isNull();
        }
        assertThat(fixture.simulator.counts().connectionsOpened()).isEqualTo(1);
    }

    @Test
    void aCompressedAnswerThatIsCutIsNoAnswer() throws Exception {
        byte[] zipped = gzip(json(5_000).getBytes(StandardCharsets.UTF_8));
        byte[] cut = java.util.Arrays.copyOf(zipped, zipped.length - 20);
        HttpClient.Answer seen = ask(answer(200, JSON + "content-encoding: gzip\r\n", cut), false, new RawStep.Keep());
        assertThat(seen.status()).isEqualTo(502);
        assertThat(seen.body()).contains("upstream_truncated");
    }

    @Test
    void aCodingNobodyKnowsIsRefused() throws Exception {
        HttpClient.Answer seen =
                ask(answer(200, JSON + "content-encoding: br\r\n", new byte[] {1, 2, 3}), false, new RawStep.Keep());
        assertThat(seen.status()).isEqualTo(502);
        assertThat(seen.body()).contains("upstream_encoding");
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] deflate(byte[] plain, boolean raw) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflate =
                new DeflaterOutputStream(out, new Deflater(Deflater.DEFAULT_COMPRESSION, raw))) {
            deflate.write(plain);
        }
        return out.toByteArray();
    }
}
