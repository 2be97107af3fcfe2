package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.RequestHead;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One connection from its first request to its end, on a virtual thread of its own. */
final class Connection implements Runnable {
    private static final int EARLY_BODY = 64 << 10;
    private static final int EARLY_LOOK = 16 << 10;

    private final Socket bottom;
    private final Handshake handshake;
    private final Responder responder;
    private final Counters counters;
    private final long number;

    Connection(Socket bottom, Handshake handshake, Responder responder, Counters counters, long number) {
        this.bottom = bottom;
        this.handshake = handshake;
        this.responder = responder;
        this.counters = counters;
        this.number = number;
    }

    @Override
    public void run() {
        try {
            bottom.setTcpNoDelay(true);
            Socket socket = handshake.secure(bottom);
            Incoming incoming = new Incoming(socket);
            serve(incoming, new Line(socket, bottom, incoming));
        } catch (IOException ended) {
            // The peer or a fault has ended it; the counters know which.
        } finally {
            close();
        }
    }

    private void serve(Incoming incoming, Line line) throws IOException {
        long counted = 0;
        for (int request = 1; ; request++) {
            byte[] bytes = incoming.head();
            if (bytes == null) {
                return;
            }
            RequestHead head = RequestHead.of(bytes);
            byte[] body = head == null ? null : body(head, incoming, line);
            if (head == null || body == null) {
                refuse(line);
                return;
            }
            counters.read(incoming.taken() - counted);
            counted = incoming.taken();
            if (!responder.respond(new Request(head, body, System.nanoTime(), request, number), line)) {
                line.end();
                return;
            }
        }
    }

    /** The body, or null when its length cannot be understood or is too great. */
    private byte @Nullable [] body(RequestHead head, Incoming incoming, Line line) throws IOException {
        String expect = head.header("expect");
        if (expect != null && expect.equalsIgnoreCase("100-continue")) {
            line.put("HTTP/1.1 100 Continue\r\n\r\n");
            line.flush();
        }
        if (head.isChunked()) {
            return incoming.chunkedBody();
        }
        long length = head.contentLength();
        if (length < 0 || length > Incoming.LONGEST_BODY) {
            return null;
        }
        byte[] body = new byte[(int) length];
        int read = 0;
        if (length > EARLY_BODY) {
            read = EARLY_LOOK;
            incoming.body(body, 0, read);
            if (responder.answersEarly(head, new String(body, 0, read, StandardCharsets.UTF_8), line)) {
                line.end();
                throw new Severed();
            }
        }
        incoming.body(body, read, body.length);
        return body;
    }

    private static void refuse(Line line) throws IOException {
        String text =
                "{\"error\":{\"message\":\"This is no HTTP request that can be read.\",\"type\":\"invalid_request_error\","
                        + "\"param\":null,\"code\":null}}";
        line.put("HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: "
                + text.length() + "\r\n\r\n" + text);
        line.flush();
        line.end();
    }

    private void close() {
        try {
            bottom.close();
        } catch (IOException alreadyGone) {
            // Nothing is left to close.
        }
    }
}
