package dev.tidemill.relay;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The payload of a chunked body as it comes; a cut is an {@link EOFException}, the proper end is the end. */
final class Unchunked extends InputStream {
    private final InputStream in;
    private int left;
    private boolean ended;

    Unchunked(InputStream in) {
        this.in = in;
    }

    /** Reads a head away and returns it. */
    static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (String line; !(line = line(in)).isEmpty(); ) {
            head.append(line).append('\n');
        }
        return head.toString();
    }

    @Override
    public int read() throws IOException {
        if (ended) {
            return -1;
        }
        if (left == 0) {
            left = Integer.parseInt(line(in), 16);
            if (left == 0) {
                line(in);
                ended = true;
                return -1;
            }
        }
        int b = in.read();
        if (b < 0) {
            throw new EOFException("cut within a chunk");
        }
        if (--left == 0) {
            line(in);
        }
        return b;
    }

    private static String line(InputStream in) throws IOException {
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
}
