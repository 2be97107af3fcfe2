package dev.tidemill.simulator.cut;

import dev.tidemill.simulator.relayed.Api;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Asks for streams on one connection for as long as it is kept. */
final class Client implements AutoCloseable {
    private static final String ASKS_FOR_USAGE = ",\"stream_options\":{\"include_usage\":true}";
    private static final int PATIENCE = 20_000;
    private static final int LONGEST_LINE = 16 << 10;
    private static final int LONGEST_BODY = 64 << 20;

    private final InetSocketAddress relay;
    private final String key;
    private @Nullable Socket socket;
    private InputStream in = InputStream.nullInputStream();
    private byte[] body = new byte[64 << 10];
    private int length;

    Client(InetSocketAddress relay, String key) {
        this.relay = relay;
        this.key = key;
    }

    /**
     * Asks, and reads to the answer's end; what came is overwritten by the next.
     *
     * @param usage whether to be told of it where that is to be asked for
     */
    Came ask(Api api, String model, boolean usage) throws IOException {
        String asking = api.body(model, true);
        byte[] json = (usage ? asking : asking.replace(ASKS_FOR_USAGE, "")).getBytes(StandardCharsets.UTF_8);
        String head = "POST " + api.path(model, true) + " HTTP/1.1\r\nhost: relay\r\nauthorization: Bearer " + key
                + "\r\ncontent-type: application/json\r\ncontent-length: " + json.length + "\r\n\r\n";
        byte[] request = Arrays.copyOf(head.getBytes(StandardCharsets.US_ASCII), head.length() + json.length);
        System.arraycopy(json, 0, request, head.length(), json.length);
        Socket to = socket;
        if (to == null) {
            to = new Socket(relay.getAddress(), relay.getPort());
            to.setTcpNoDelay(true);
            to.setSoTimeout(PATIENCE);
            in = new BufferedInputStream(to.getInputStream(), 32 << 10);
            socket = to;
        }
        to.getOutputStream().write(request);
        return read();
    }

    private Came read() throws IOException {
        int status = Integer.parseInt(line().substring(9, 12));
        int declared = -1;
        boolean chunked = false;
        boolean kept = true;
        for (String line; !(line = line().toLowerCase(Locale.ROOT)).isEmpty(); ) {
            if (line.startsWith("content-length:")) {
                declared = Integer.parseInt(line.substring(15).strip());
            }
            chunked |= line.startsWith("transfer-encoding:");
            kept &= !line.equals("connection: close");
        }
        length = 0;
        boolean framed = true;
        try {
            if (chunked) {
                for (int size; (size = Integer.parseInt(line(), 16)) > 0; ) {
                    take(size);
                    line();
                }
                line();
            } else {
                take(declared);
            }
        } catch (EOFException cut) {
            framed = false;
        }
        if (!kept || !framed) {
            close();
        }
        return new Came(status, framed, body, length);
    }

    private void take(int size) throws IOException {
        if (size < 0 || length + size > LONGEST_BODY) {
            throw new IOException(
                    "a body of " + (length + (long) size) + " bytes (expected: at most " + LONGEST_BODY + ")");
        }
        if (length + size > body.length) {
            body = Arrays.copyOf(body, Math.max(2 * body.length, length + size));
        }
        if (in.readNBytes(body, length, size) < size) {
            throw new EOFException("cut in a chunk");
        }
        length += size;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int b; (b = in.read()) != '\n'; ) {
            if (b < 0) {
                throw new EOFException("cut in a line");
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

    @Override
    public void close() throws IOException {
        Socket open = socket;
        socket = null;
        if (open != null) {
            open.close();
        }
    }
}
