package dev.tidemill.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A socket and nothing else, so that a test sees the bytes and how the connection ended. */
final class RawClient implements AutoCloseable {
    /** What came, and whether it ended with FIN, RST, or not at all within the time. */
    record Got(byte[] bytes, End end) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        String head() {
            int end = text().indexOf("\r\n\r\n");
            return end < 0 ? text() : text().substring(0, end + 4);
        }

        String body() {
            int end = text().indexOf("\r\n\r\n");
            return end < 0 ? "" : text().substring(end + 4);
        }

        /** The body with its chunk frames taken off, as far as they can be read. */
        String unchunked() {
            byte[] bytes = this.bytes;
            int at = head().length();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            while (true) {
                int lineEnd = at;
                while (lineEnd < bytes.length && bytes[lineEnd] != '\r') {
                    lineEnd++;
                }
                if (lineEnd >= bytes.length) {
                    return out.toString(StandardCharsets.UTF_8);
                }
                String line = new String(bytes, at, lineEnd - at, StandardCharsets.ISO_8859_1);
                int semicolon = line.indexOf(';');
                int size = Integer.parseInt(semicolon < 0 ? line : line.substring(0, semicolon), 16);
                if (size == 0 || lineEnd + 2 + size > bytes.length) {
                    return out.toString(StandardCharsets.UTF_8);
                }
                out.write(bytes, lineEnd + 2, size);
                at = lineEnd + 2 + size + 2;
            }
        }
    }

    enum End {
        FIN,
        RST,
        SILENCE
    }

    private final Socket socket;

    RawClient(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
    }

    static String post(String path, String body, String... headers) {
        StringBuilder request =
                new StringBuilder("POST " + path + " HTTP/1.1\r\nhost: sim\r\ncontent-type: application/json\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        request.append("content-length: ")
                .append(body.getBytes(StandardCharsets.UTF_8).length)
                .append("\r\n\r\n")
                .append(body);
        return request.toString();
    }

    static String chat(String model, boolean stream) {
        return "{\"model\":\"" + model
                + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Tell me about the tide\"}],\"stream\":" + stream
                + "}";
    }

    RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Reads to the end, or until nothing has come for {@code silence} milliseconds. */
    Got read(int silence) throws IOException {
        socket.setSoTimeout(silence);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 << 10];
        InputStream in = socket.getInputStream();
        while (true) {
            try {
                int n = in.read(buffer);
                if (n < 0) {
                    return new Got(all.toByteArray(), End.FIN);
                }
                all.write(buffer, 0, n);
            } catch (java.net.SocketTimeoutException silent) {
                return new Got(all.toByteArray(), End.SILENCE);
            } catch (IOException reset) {
                return new Got(all.toByteArray(), End.RST);
            }
        }
    }

    /** Reads until {@code end} has come. */
    Got readUntil(String end) throws IOException {
        socket.setSoTimeout(10_000);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] wanted = end.getBytes(StandardCharsets.UTF_8);
        InputStream in = socket.getInputStream();
        while (!endsWith(all.toByteArray(), wanted)) {
            int b = in.read();
            if (b < 0) {
                return new Got(all.toByteArray(), End.FIN);
            }
            all.write(b);
        }
        return new Got(all.toByteArray(), End.SILENCE);
    }

    private static boolean endsWith(byte[] bytes, byte[] end) {
        if (bytes.length < end.length) {
            return false;
        }
        return java.util.Arrays.equals(bytes, bytes.length - end.length, bytes.length, end, 0, end.length);
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
