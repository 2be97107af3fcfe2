package dev.tidemill.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/** A provider whose stream never ends, as fast as it is taken; it counts what it could write. */
final class FloodingProvider implements AutoCloseable {
    private static final byte[] HEAD =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong streams = new AtomicLong();

    FloodingProvider() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    String baseUrl() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/v1";
    }

    long written() {
        return written.get();
    }

    /** Streams that flow or stand now. */
    long streams() {
        return streams.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> flood(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void flood(Socket socket) {
        String event =
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + "word ".repeat(400) + "\"}}]}\n\n";
        byte[] chunk =
                (Integer.toHexString(event.length()) + "\r\n" + event + "\r\n").getBytes(StandardCharsets.US_ASCII);
        streams.incrementAndGet();
        try (socket) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            in.read(new byte[64 << 10]);
            out.write(HEAD);
            while (true) {
                out.write(chunk);
                written.addAndGet(chunk.length);
            }
        } catch (IOException cut) {
            streams.decrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
