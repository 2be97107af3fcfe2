package dev.tidemill.simulator.relayed;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A client that asks on a socket of its own and forgives nothing: how an answer ended is part of what it sees.
 *
 * @param relay where to ask
 * @param key of the relay
 * @param patience without a byte before it gives up
 */
public record Caller(InetSocketAddress relay, String key, Duration patience) {
    private static final int LONGEST_LINE = 64 << 10;

    /** Asks, and reads to the answer's end. */
    public Seen ask(Api api, String model, boolean stream) throws IOException {
        return ask(api, api.path(model, stream), api.body(model, stream));
    }

    /** Sends this body to this path, and reads to the answer's end. */
    public Seen ask(Api api, String path, String body) throws IOException {
        try (Socket socket = new Socket(relay.getAddress(), relay.getPort())) {
            socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
            socket.setTcpNoDelay(true);
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            String head = "POST " + path + " HTTP/1.1\r\nhost: relay\r\nauthorization: Bearer " + key
                    + "\r\ncontent-type: application/json\r\ncontent-length: " + bytes.length + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(bytes);
            return read(api, new BufferedInputStream(socket.getInputStream()));
        }
    }

    private static Seen read(Api api, InputStream in) throws IOException {
        int status;
        Map<String, String> headers = new LinkedHashMap<>();
        try {
            status = Integer.parseInt(line(in).split(" ", 3)[1]);
            for (String line; !(line = line(in)).isEmpty(); ) {
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        } catch (EOFException closed) {
            return Seen.of(api, 0, headers, "", false);
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean framed = true;
        try {
            body(in, headers, body);
        } catch (java.net.SocketTimeoutException silent) {
            throw silent;
        } catch (IOException cut) {
            framed = false;
        }
        return Seen.of(api, status, headers, body.toString(StandardCharsets.UTF_8), framed);
    }

    private static void body(InputStream in, Map<String, String> headers, ByteArrayOutputStream to) throws IOException {
        String length = headers.get("content-length");
        if (length != null) {
            copy(in, to, Integer.parseInt(length));
        } else if ("chunked".equals(headers.get("transfer-encoding"))) {
            for (int size; (size = Integer.parseInt(line(in), 16)) > 0; ) {
                copy(in, to, size);
                line(in);
            }
            line(in);
        } else {
            in.transferTo(to);
        }
    }

    private static void copy(InputStream in, ByteArrayOutputStream to, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        to.writeBytes(bytes);
        if (bytes.length < length) {
            throw new EOFException("cut after " + bytes.length + " of " + length + " bytes");
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b; (b = in.read()) != '\n'; ) {
            if (b < 0) {
                throw new EOFException("cut within a line");
            }
            if (line.length() > LONGEST_LINE) {
                throw new IOException("a line of more than " + LONGEST_LINE + " bytes");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
