package dev.tidemill.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that knows CONNECT alone and leads every name to this machine. */
final class TinyProxy implements AutoCloseable {
    final List<String> heads = new CopyOnWriteArrayList<>();
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final String refusal;

    /** @param refusal a status line to refuse with; empty: it lets through; {@code -}: it never answers */
    TinyProxy(String refusal) throws IOException {
        this.refusal = refusal;
        Thread.ofVirtual().start(this::accept);
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) client.getInputStream().read());
            }
            heads.add(head.toString());
            OutputStream out = client.getOutputStream();
            if (refusal.equals("-")) {
                client.getInputStream().read();
                return;
            }
            if (!refusal.isEmpty()) {
                out.write((refusal + "\r\ncontent-length: 0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                return;
            }
            String target = head.substring("CONNECT ".length(), head.indexOf(" HTTP/"));
            int port = Integer.parseInt(target.substring(target.lastIndexOf(':') + 1));
            try (Socket provider = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
                out.write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                Thread back = Thread.ofVirtual().start(() -> pump(provider, client));
                pump(client, provider);
                back.join();
            }
        } catch (IOException | InterruptedException ended) {
            // Either side may end it.
        }
    }

    private static void pump(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            in.transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException ended) {
            // Either side may end it.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
