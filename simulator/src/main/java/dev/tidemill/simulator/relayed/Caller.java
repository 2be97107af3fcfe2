package dev.tidemill.simulator.relayed;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * A client that asks on a socket of its own and forgives nothing: how an answer ended is part of what it sees.
 *
 * @param relay where to ask
 * @param key of the relay
 * @param patience without a byte before it gives up
 */
public record Caller(InetSocketAddress relay, String key, Duration patience) {
    /** Asks, and reads to the answer's end. */
    public Seen ask(Api api, String model, boolean stream) throws IOException {
        return ask(api, api.path(model, stream), api.body(model, stream));
    }

    /** Sends this body to this path, and reads to the answer's end. */
    public Seen ask(Api api, String path, String body) throws IOException {
        try (Socket socket = new Socket(relay.getAddress(), relay.getPort())) {
            socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(request(path, "", body));
            return Seen.of(api, RawAnswer.read(new BufferedInputStream(socket.getInputStream())));
        }
    }

    /**
     * A request's bytes.
     *
     * @param headers whole lines with their CRLF, perhaps none
     */
    public byte[] request(String path, String headers, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST " + path + " HTTP/1.1\r\nhost: relay\r\nauthorization: Bearer " + key
                + "\r\ncontent-type: application/json\r\n" + headers + "content-length: " + bytes.length
                + "\r\n\r\n";
        byte[] request = Arrays.copyOf(head.getBytes(StandardCharsets.US_ASCII), head.length() + bytes.length);
        System.arraycopy(bytes, 0, request, head.length(), bytes.length);
        return request;
    }
}
