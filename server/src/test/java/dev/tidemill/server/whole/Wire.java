package dev.tidemill.server.whole;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An HTTP/1.1 client by hand on one kept-alive connection, so that a test sees exactly what came over the socket. */
final class Wire implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Wire(String url) throws IOException {
        URI at = URI.create(url);
        socket = new Socket(at.getHost(), at.getPort());
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** @param key sent as Bearer, null: none; {@code body} null: none */
    Answer ask(String method, String path, String key, String body) throws IOException {
        send(method, path, key, body, "");
        return read();
    }

    /** @param more headers, each ended by CR and LF; a {@code content-type} first, if any */
    Wire send(String method, String path, String key, String body, String more) throws IOException {
        byte[] bytes = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nhost: relay\r\n"
                + (key == null ? "" : "authorization: Bearer " + key + "\r\n")
                + (body == null ? "" : "content-length: " + bytes.length + "\r\n")
                + (body == null || more.startsWith("content-type:") ? "" : "content-type: application/json\r\n")
                + more + "\r\n";
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(bytes);
        out.flush();
        return this;
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** Reads one answer; one cut short is not whole. */
    Answer read() throws IOException {
        Answer head = readHead();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean whole = true;
        try {
            String length = head.header("content-length");
            if (length != null) {
                body.write(exactly(Integer.parseInt(length)));
            } else if ("chunked".equals(head.header("transfer-encoding"))) {
                for (byte[] chunk; (chunk = readChunk()).length > 0; ) {
                    body.write(chunk);
                }
            } else if (head.status() != 204) {
                in.transferTo(body);
            }
        } catch (IOException e) {
            whole = false;
        }
        return new Answer(head.status(), head.headers(), body.toString(StandardCharsets.UTF_8), whole);
    }

    /** Status and headers alone; {@link #readChunk} goes on. */
    Answer readHead() throws IOException {
        int status = Integer.parseInt(line().split(" ")[1]);
        List<String> headers = new ArrayList<>();
        for (String line; !(line = line()).isEmpty(); ) {
            headers.add(line);
        }
        return new Answer(status, headers, "", true);
    }

    /** The next chunk's payload; empty: that was the last. */
    byte[] readChunk() throws IOException {
        byte[] chunk = exactly(Integer.parseInt(line(), 16));
        line();
        return chunk;
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("cut after " + bytes.length + " of " + length);
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b; (b = in.read()) != '\n'; ) {
            if (b < 0) {
                throw new EOFException("cut in a line: " + line);
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
