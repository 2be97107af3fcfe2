package dev.tidemill.relay;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A client that shows exactly what came over the socket. */
public final class HttpClient implements AutoCloseable {
    public final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /**
     * @param body payload, chunk frames taken off
     * @param whole whether the framing was complete
     */
    public record Answer(int status, List<String> headers, String body, boolean whole, int frames) {
        public @Nullable String header(String name) {
            for (String header : headers) {
                if (header.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":")) {
                    return header.substring(name.length() + 1).strip();
                }
            }
            return null;
        }
    }

    public HttpClient(InetSocketAddress address) throws IOException {
        this(address, 0);
    }

    /** @param window bytes the kernel may take in for a client that does not read; 0: as many as it likes */
    public HttpClient(InetSocketAddress address, int window) throws IOException {
        socket = new Socket();
        if (window > 0) {
            socket.setReceiveBufferSize(window);
        }
        socket.connect(address);
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        in = new java.io.BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    public HttpClient send(String bytes) throws IOException {
        return send(bytes.getBytes(StandardCharsets.UTF_8));
    }

    public HttpClient send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    public Answer ask(String request) throws IOException {
        return send(request).read();
    }

    public InputStream in() {
        return in;
    }

    /** Reads one answer; one cut short is not whole. */
    public Answer read() throws IOException {
        return read(false);
    }

    /** Reads one answer in a pace of its own. */
    public Answer read(InputStream paced) throws IOException {
        return read(new java.io.BufferedInputStream(paced), false);
    }

    /** @param toHead whether it answers HEAD, so that no body follows whatever its headers say */
    public Answer read(boolean toHead) throws IOException {
        return read(in, toHead);
    }

    private static Answer read(InputStream in, boolean toHead) throws IOException {
        String statusLine = line(in);
        int status = Integer.parseInt(statusLine.split(" ")[1]);
        List<String> headers = new ArrayList<>();
        for (String line; !(line = line(in)).isEmpty(); ) {
            headers.add(line);
        }
        Answer head = new Answer(status, headers, "", true, 0);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int frames = 0;
        boolean whole = true;
        try {
            String length = head.header("content-length");
            if (status == 204 || status == 100 || toHead) {
                return head;
            }
            if (length != null) {
                body.write(exactly(in, Integer.parseInt(length)));
            } else if ("chunked".equals(head.header("transfer-encoding"))) {
                for (int size; (size = Integer.parseInt(line(in), 16)) > 0; frames++) {
                    body.write(exactly(in, size));
                    line(in);
                }
                line(in);
            } else {
                in.transferTo(body);
            }
        } catch (IOException e) {
            whole = false;
        }
        return new Answer(status, headers, body.toString(StandardCharsets.UTF_8), whole, frames);
    }

    /** Reads the next line of whatever comes. */
    public String line() throws IOException {
        return line(in);
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("cut after " + bytes.length + " of " + length);
        }
        return bytes;
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

    /** Whether the other side has closed, after all that was sent is read. */
    public boolean closed() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
