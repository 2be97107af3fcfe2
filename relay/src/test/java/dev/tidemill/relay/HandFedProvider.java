package dev.tidemill.relay;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A provider whose every byte the test sends, when it wants; one connection at a time. */
final class HandFedProvider implements AutoCloseable {
    private final ServerSocket server;
    private Socket connection = new Socket();
    private InputStream in = InputStream.nullInputStream();

    HandFedProvider() throws IOException {
        server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        server.setSoTimeout(20_000);
    }

    String baseUrl() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/v1";
    }

    /** Takes the next connection. */
    HandFedProvider accept() throws IOException {
        connection = server.accept();
        connection.setSoTimeout(20_000);
        in = new BufferedInputStream(connection.getInputStream());
        return this;
    }

    /** Reads one request off the connection: its head and its body. */
    String request() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed within a request: " + head);
            }
            head.append((char) next);
        }
        int at = head.indexOf("content-length: ");
        int length = at < 0 ? 0 : Integer.parseInt(head.substring(at + 16, head.indexOf("\r\n", at)));
        return head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    HandFedProvider send(String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        connection.getOutputStream().flush();
        return this;
    }

    /** From now on connections are refused; those that stand stay. */
    void stopListening() throws IOException {
        server.close();
    }

    /** Whether the other side has sent something that was not read yet. */
    boolean hears() throws IOException {
        return in.available() > 0;
    }

    /** Waits until the other side has closed. */
    void leftAlone() throws IOException {
        while (in.read() >= 0) {
            // what comes still is of no interest
        }
    }

    /** FIN. */
    void hangUp() throws IOException {
        connection.close();
    }

    /** Whether somebody has connected who was not accepted, or sends another request. */
    boolean askedAgain() throws IOException {
        server.setSoTimeout(1);
        try {
            server.accept().close();
            return true;
        } catch (java.net.SocketTimeoutException nobody) {
            return false;
        } finally {
            server.setSoTimeout(20_000);
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
        server.close();
    }
}
