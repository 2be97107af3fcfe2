package dev.tidemill.simulator.relayed;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An answer as it came over the wire, read to its end.
 *
 * @param status 0: the connection was closed without an answer
 * @param headers names in small letters
 * @param body payload without chunk frames, as UTF-8
 * @param framed whether the body came to the end that its framing promises
 * @param headAt {@link System#nanoTime} when the head had been read, 0: none came
 */
public record RawAnswer(int status, Map<String, String> headers, String body, boolean framed, long headAt) {
    private static final int LONGEST_LINE = 64 << 10;
    private static final int PORTION = 64 << 10;

    /** @throws SocketTimeoutException when nothing came for as long as the socket waits */
    public static RawAnswer read(InputStream in) throws IOException {
        int status;
        Map<String, String> headers = new LinkedHashMap<>();
        try {
            do {
                headers.clear();
                status = head(in, headers);
            } while (status / 100 == 1);
        } catch (EOFException closed) {
            return new RawAnswer(0, headers, "", false, 0);
        }
        long headAt = System.nanoTime();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean framed = true;
        try {
            body(in, headers, body);
        } catch (SocketTimeoutException silent) {
            throw silent;
        } catch (IOException cut) {
            framed = false;
        }
        return new RawAnswer(status, headers, body.toString(StandardCharsets.UTF_8), framed, headAt);
    }

    /** Whether another request may be sent behind it. */
    public boolean keepsConnection() {
        return status != 0
                && framed
                && !"close".equals(headers.get("connection"))
                && (headers.containsKey("content-length") || headers.containsKey("transfer-encoding"));
    }

    private static int head(InputStream in, Map<String, String> headers) throws IOException {
        int status = Integer.parseInt(line(in).split(" ", 3)[1]);
        for (String line; !(line = line(in)).isEmpty(); ) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return status;
    }

    private static void body(InputStream in, Map<String, String> headers, ByteArrayOutputStream to) throws IOException {
        String length = headers.get("content-length");
        if (length != null) {
            copy(in, to, Integer.parseInt(length));
        } else if ("chunked".equals(headers.get("transfer-encoding"))) {
            for (int size; (size = Integer.parseInt(line(in).split("[; ]", 2)[0], 16)) > 0; ) {
                copy(in, to, size);
                line(in);
            }
            line(in);
        } else {
            in.transferTo(to);
        }
    }

    private static void copy(InputStream in, ByteArrayOutputStream to, int length) throws IOException {
        byte[] bytes = new byte[Math.min(length, PORTION)];
        for (int left = length; left > 0; ) {
            int read = in.read(bytes, 0, Math.min(left, bytes.length));
            if (read < 0) {
                throw new EOFException("cut after " + (length - left) + " of " + length + " bytes");
            }
            to.write(bytes, 0, read);
            left -= read;
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
