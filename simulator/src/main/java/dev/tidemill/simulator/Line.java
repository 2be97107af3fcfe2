package dev.tidemill.simulator;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;

/**
 * The sending side of one connection: a buffer, so that an answer is one write, and below it the faults that count bytes.
 *
 * <p>With TLS the socket handed in is the encrypted one, {@code bottom} the TCP connection under it: a reset must not say goodbye first.
 */
final class Line {
    private static final int FULL = 64 << 10;

    private final Socket socket;
    private final Socket bottom;
    private final OutputStream out;
    private final Incoming incoming;
    private byte[] buffer = new byte[4 << 10];
    private int length;

    private boolean tapped;
    private long sent;
    private long resetAt;
    private long closeAt;
    private long stallAt;
    private Duration stall = Duration.ZERO;
    private long rate;
    private int step;
    private Duration stepPause = Duration.ZERO;

    Line(Socket socket, Socket bottom, Incoming incoming) throws IOException {
        this.socket = socket;
        this.bottom = bottom;
        this.out = socket.getOutputStream();
        this.incoming = incoming;
    }

    /** A new answer begins: its bytes are counted from 0, and these faults watch them. */
    void begin(Faults faults) throws IOException {
        sent = 0;
        tapped = false;
        resetAt = -1;
        closeAt = -1;
        stallAt = -1;
        rate = 0;
        step = 0;
        if (faults.isEmpty()) {
            return;
        }
        Fault fault = faults.find(FaultKind.RESET_AT);
        if (fault != null) {
            resetAt = fault.bytes("bytes");
        }
        fault = faults.find(FaultKind.CLOSE_AT);
        if (fault == null) {
            fault = faults.find(FaultKind.CLOSE_IN_HEADERS);
        }
        if (fault != null) {
            closeAt = fault.bytes("bytes");
        }
        fault = faults.find(FaultKind.STALL_AT);
        if (fault != null) {
            stallAt = fault.bytes("bytes");
            stall = fault.time("for");
        }
        fault = faults.find(FaultKind.DRIP);
        if (fault != null) {
            rate = Math.max(1, fault.bytes("bytes"));
        }
        fault = faults.find(FaultKind.SPLIT);
        if (fault != null) {
            step = Math.clamp(fault.bytes("bytes"), 1, FULL);
            stepPause = fault.time("pause");
        }
        tapped = resetAt >= 0 || closeAt >= 0 || stallAt >= 0 || rate > 0 || step > 0;
        severIfDue();
    }

    /** Bytes of this answer that have left. */
    long sent() {
        return sent;
    }

    Line put(String text) throws IOException {
        return put(text.getBytes(StandardCharsets.UTF_8));
    }

    Line put(byte[] bytes) throws IOException {
        return put(bytes, 0, bytes.length);
    }

    Line put(byte[] bytes, int offset, int count) throws IOException {
        if (length + count > FULL) {
            flush();
        }
        if (count > FULL) {
            send(bytes, offset, count);
            return this;
        }
        if (length + count > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.min(FULL, Math.max(buffer.length * 2, length + count)));
        }
        System.arraycopy(bytes, offset, buffer, length, count);
        length += count;
        return this;
    }

    /** Sends what is buffered, in one write unless a fault says otherwise. */
    void flush() throws IOException {
        int count = length;
        length = 0;
        if (count > 0) {
            send(buffer, 0, count);
        }
    }

    /** Sends what is buffered, then waits; a peer that closes meanwhile is noticed when the wait is longer than 20 ms. */
    void pause(Duration time) throws IOException {
        flush();
        if (time.compareTo(Duration.ofMillis(20)) > 0) {
            incoming.watch(time);
        } else if (time.isPositive()) {
            Incoming.sleep(time);
        }
    }

    /** Ends the connection with RST. */
    Severed reset() {
        try {
            bottom.setSoLinger(true, 0);
            bottom.close();
        } catch (IOException alreadyGone) {
            // Nothing is left to end.
        }
        return new Severed();
    }

    /** Ends the connection with FIN, under TLS without a farewell. */
    Severed close() {
        try {
            bottom.shutdownOutput();
            if (bottom.getInputStream().available() > 0) {
                incoming.drain(Duration.ofMillis(100));
            }
            bottom.close();
        } catch (IOException alreadyGone) {
            // Nothing is left to end.
        }
        return new Severed();
    }

    /** Ends the connection the orderly way, after reading for a moment what the peer still sends. */
    Severed end() {
        try {
            if (!(socket instanceof SSLSocket)) {
                bottom.shutdownOutput();
                incoming.drain(Duration.ofSeconds(2));
            }
            socket.close();
        } catch (IOException alreadyGone) {
            // Nothing is left to end.
        }
        return new Severed();
    }

    private void send(byte[] bytes, int offset, int count) throws IOException {
        if (!tapped) {
            write(bytes, offset, count);
            return;
        }
        int at = offset;
        int end = offset + count;
        while (at < end) {
            int n = Math.min(end - at, portion());
            write(bytes, at, n);
            at += n;
            severIfDue();
            if (stallAt >= 0 && sent >= stallAt) {
                stallAt = -1;
                incoming.watch(stall);
            }
            if (rate > 0) {
                incoming.watch(Duration.ofNanos(TimeUnit.SECONDS.toNanos(n) / rate));
            }
            if (step > 0 && at < end) {
                Incoming.sleep(stepPause);
            }
        }
    }

    private int portion() {
        long portion = Integer.MAX_VALUE;
        if (resetAt >= 0) {
            portion = Math.min(portion, resetAt - sent);
        }
        if (closeAt >= 0) {
            portion = Math.min(portion, closeAt - sent);
        }
        if (stallAt >= 0) {
            portion = Math.min(portion, stallAt - sent);
        }
        if (rate > 0) {
            portion = Math.min(portion, Math.max(1, rate / 20));
        }
        if (step > 0) {
            portion = Math.min(portion, step);
        }
        return (int) portion;
    }

    private void severIfDue() throws Severed {
        if (resetAt >= 0 && sent >= resetAt) {
            throw reset();
        }
        if (closeAt >= 0 && sent >= closeAt) {
            throw close();
        }
    }

    private void write(byte[] bytes, int offset, int count) throws IOException {
        try {
            out.write(bytes, offset, count);
        } catch (IOException gone) {
            throw new PeerGone(gone);
        }
        sent += count;
    }
}
