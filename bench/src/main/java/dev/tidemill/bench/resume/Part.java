package dev.tidemill.bench.resume;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What one connection brought of a stream before its client left, or the stream ended.
 *
 * @param id what {@code x-tidemill-stream} said, empty when it was not there
 * @param text payload, ISO 8859-1, so that a character is a byte
 * @param ended whether the stream came to its proper end
 */
record Part(String id, String text, boolean ended) {
    private static final String ID = "x-tidemill-stream: ";
    private static final int PATIENCE_MILLIS = 30_000;

    /** How much a client takes before it leaves. */
    record Take(int bytes, int events) {
        static final Take ALL = new Take(Integer.MAX_VALUE, Integer.MAX_VALUE);

        static Take bytes(int count) {
            return new Take(count, Integer.MAX_VALUE);
        }

        static Take events(int count) {
            return new Take(Integer.MAX_VALUE, count);
        }
    }

    static Part of(InetSocketAddress relay, String request, Take take) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(relay);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            InputStream in = new BufferedInputStream(socket.getInputStream());
            String status = line(in);
            String id = "";
            for (String line; !(line = line(in)).isEmpty(); ) {
                id = line.startsWith(ID) ? line.substring(ID.length()) : id;
            }
            if (!status.startsWith("HTTP/1.1 200")) {
                throw new IOException(
                        status + " to " + request.lines().findFirst().orElse(""));
            }
            StringBuilder text = new StringBuilder();
            boolean ended = read(in, take, text);
            return new Part(id, text.toString(), ended);
        }
    }

    /** Takes chunks apart; returns whether the last one came. */
    private static boolean read(InputStream in, Take take, StringBuilder text) throws IOException {
        int events = 0;
        while (text.length() < take.bytes() && events < take.events()) {
            int size = Integer.parseInt(line(in), 16);
            if (size == 0) {
                return true;
            }
            for (int i = 0; i < size && text.length() < take.bytes() && events < take.events(); i++) {
                int b = in.read();
                if (b < 0) {
                    throw new EOFException("the relay cut the stream after " + text.length() + " bytes");
                }
                text.append((char) b);
                boolean end = b == '\n' && text.length() > 1 && text.charAt(text.length() - 2) == '\n';
                events += end ? 1 : 0;
            }
            if (text.length() < take.bytes() && events < take.events()) {
                line(in);
            }
        }
        return false;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b; (b = in.read()) != '\n'; ) {
            if (b < 0) {
                throw new EOFException("the relay closed the connection");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** Those that came whole. */
    List<String> events() {
        List<String> events = new ArrayList<>();
        for (int at = 0, end; (end = text.indexOf("\n\n", at)) >= 0; at = end + 2) {
            events.add(text.substring(at, end + 2));
        }
        return events;
    }
}
