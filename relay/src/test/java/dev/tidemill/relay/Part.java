package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What one connection brought of a stream.
 *
 * @param id of the stream, empty when there was none
 * @param ended whether it came to its proper end, rather than being cut or left
 */
record Part(String id, byte[] bytes, boolean ended) {
    private static final String ID = "x-tidemill-stream: ";

    /** Asks, reads so many bytes of payload, and leaves. */
    static Part of(InetSocketAddress address, String request, int bytes) throws IOException {
        try (HttpClient client = new HttpClient(address)) {
            client.send(request);
            return read(client.in(), bytes);
        }
    }

    static Part read(InputStream in, int bytes) throws IOException {
        String head = Unchunked.head(in);
        assertThat(head).startsWith("HTTP/1.1 200").contains("content-type: text/event-stream");
        InputStream payload = new Unchunked(in);
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        boolean ended = false;
        try {
            while (!ended && got.size() < bytes) {
                int b = payload.read();
                ended = b < 0;
                if (!ended) {
                    got.write(b);
                }
            }
        } catch (EOFException | SocketException e) {
            ended = false;
        }
        return new Part(id(head), got.toByteArray(), ended);
    }

    static String id(String head) {
        int at = head.indexOf(ID);
        return at < 0 ? "" : head.substring(at + ID.length(), head.indexOf('\n', at));
    }

    String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Those that are whole. */
    List<String> events() {
        List<String> events = new ArrayList<>();
        String text = text();
        for (int at = 0, end; (end = text.indexOf("\n\n", at)) >= 0; at = end + 2) {
            events.add(text.substring(at, end + 2));
        }
        return events;
    }
}
