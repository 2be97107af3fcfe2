package dev.tidemill.bench.overhead;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One answer as it came over a plain socket: enough to see that each path gives the same bytes, and how many they are.
 *
 * @param wireBytes head, chunk frames and body
 */
record Answer(int status, String body, long wireBytes) {
    private static final int TIMEOUT_MILLIS = 30_000;

    static Answer fetch(URI url, String key, String body) throws IOException {
        String request = """
                POST %s HTTP/1.1\r
                host: %s\r
                authorization: Bearer %s\r
                content-type: application/json\r
                content-length: %d\r
                connection: close\r
                \r
                %s""".formatted(
                        url.getPath(), url.getAuthority(), key, body.getBytes(StandardCharsets.UTF_8).length, body);
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            byte[] answer = socket.getInputStream().readAllBytes();
            return parse(answer);
        }
    }

    private static Answer parse(byte[] answer) {
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IllegalStateException("no answer head in %d bytes".formatted(answer.length));
        }
        String head = text.substring(0, end).toLowerCase(Locale.ROOT);
        String rest = text.substring(end + 4);
        String body = head.contains("transfer-encoding: chunked") ? unchunked(rest) : rest;
        return new Answer(Integer.parseInt(head.substring(9, 12)), body, answer.length);
    }

    private static String unchunked(String frames) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int at = 0;
        while (true) {
            int line = frames.indexOf("\r\n", at);
            if (line < 0) {
                throw new IllegalStateException("the chunked body ends without its last chunk");
            }
            int size = Integer.parseInt(frames.substring(at, line), 16);
            if (size == 0) {
                return body.toString(StandardCharsets.ISO_8859_1);
            }
            body.writeBytes(frames.substring(line + 2, line + 2 + size).getBytes(StandardCharsets.ISO_8859_1));
            at = line + 2 + size + 2;
        }
    }
}
