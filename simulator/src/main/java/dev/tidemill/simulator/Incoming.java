package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.Body;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The reading side of one connection: heads, bodies, and whether the peer is still there. */
final class Incoming {
    static final int LONGEST_HEAD = 256 << 10;
    static final int LONGEST_BODY = Body.LONGEST;
    private static final int IDLE_MILLIS = 600_000;

    private final Socket socket;
    private final InputStream in;
    private byte[] buffer = new byte[16 << 10];
    private int at;
    private int end;
    private long taken;

    Incoming(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        socket.setSoTimeout(IDLE_MILLIS);
    }

    /** Bytes read since the connection was opened. */
    long taken() {
        return taken;
    }

    /** The bytes up to and with the empty line, or null when the peer has ended, sent half a head, too long a one, or nothing for ten minutes. */
    byte @Nullable [] head() throws IOException {
        int seen = at;
        while (true) {
            int stop = endOfHead(seen);
            if (stop > 0) {
                byte[] head = Arrays.copyOfRange(buffer, at, stop);
                at = stop;
                return head;
            }
            seen = Math.max(at, end - 3);
            if (end - at > LONGEST_HEAD) {
                return null;
            }
            int before = at;
            if (!fill()) {
                return null;
            }
            seen -= before - at;
        }
    }

    /** So many bytes of the body into {@code body}, from {@code from}. */
    void body(byte[] body, int from, int to) throws IOException {
        int filled = from;
        int buffered = Math.min(end - at, to - from);
        System.arraycopy(buffer, at, body, filled, buffered);
        at += buffered;
        filled += buffered;
        while (filled < to) {
            int n = in.read(body, filled, to - filled);
            if (n < 0) {
                throw new PeerGone();
            }
            taken += n;
            filled += n;
        }
    }

    /** A chunked body, or null when it is malformed or longer than {@link #LONGEST_BODY}. */
    byte @Nullable [] chunkedBody() throws IOException {
        byte[] body = new byte[8 << 10];
        int length = 0;
        while (true) {
            String size = line();
            int extension = size.indexOf(';');
            long next = hex(extension < 0 ? size : size.substring(0, extension));
            if (next < 0 || length + next > LONGEST_BODY) {
                return null;
            }
            if (next == 0) {
                break;
            }
            int chunk = (int) next;
            if (length + chunk > body.length) {
                body = Arrays.copyOf(body, Math.max(length + chunk, Math.min(body.length * 2, LONGEST_BODY)));
            }
            body(body, length, length + chunk);
            length += chunk;
            if (!line().isEmpty()) {
                return null;
            }
        }
        for (int trailers = 0; !line().isEmpty(); trailers++) {
            if (trailers == 100) {
                return null;
            }
        }
        return Arrays.copyOf(body, length);
    }

    /**
     * Waits, and notices when the peer closes meanwhile. A peer that shuts only its sending side counts as gone.
     *
     * @throws PeerGone when it has
     */
    void watch(Duration time) throws IOException {
        long until = System.nanoTime() + time.toNanos();
        while (true) {
            long left = until - System.nanoTime();
            if (left <= 0) {
                return;
            }
            if (end - at >= LONGEST_HEAD || left < 1_000_000) {
                sleep(Duration.ofNanos(left));
                return;
            }
            try {
                socket.setSoTimeout((int) Math.min(left / 1_000_000, IDLE_MILLIS));
                if (!fill()) {
                    throw new PeerGone();
                }
            } catch (SocketTimeoutException silent) {
                // The peer is there and says nothing, as it should.
            } catch (PeerGone gone) {
                throw gone;
            } catch (IOException broken) {
                throw new PeerGone(broken);
            } finally {
                if (!socket.isClosed()) {
                    socket.setSoTimeout(IDLE_MILLIS);
                }
            }
        }
    }

    /** Reads and drops what the peer still sends, until it ends, a time has passed or 64 MiB have come. */
    void drain(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        try {
            for (long dropped = 0; dropped < 64 << 20; ) {
                long left = (until - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return;
                }
                socket.setSoTimeout((int) left);
                int n = in.read(buffer, 0, buffer.length);
                if (n < 0) {
                    return;
                }
                dropped += n;
            }
        } catch (IOException gone) {
            // The connection is being closed anyway.
        }
    }

    static void sleep(Duration time) throws IOException {
        try {
            Thread.sleep(time);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new Severed();
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            if (at == end && !fill()) {
                throw new PeerGone();
            }
            int c = buffer[at++];
            if (c == '\n') {
                return line.toString();
            }
            if (c != '\r') {
                line.append((char) (c & 0xff));
            }
            if (line.length() > 4_096) {
                throw new PeerGone();
            }
        }
    }

    private static long hex(String size) {
        String digits = size.strip();
        if (digits.isEmpty() || digits.length() > 8) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = Character.digit(digits.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private int endOfHead(int from) {
        for (int i = from; i < end; i++) {
            if (buffer[i] == '\n' && i > at) {
                boolean bare = buffer[i - 1] == '\n';
                boolean full = i - 2 >= at && buffer[i - 1] == '\r' && buffer[i - 2] == '\n';
                if (bare || full) {
                    return i + 1;
                }
            }
        }
        return -1;
    }

    /** Reads more behind what is buffered; moves that to the front, and grows, where there is no room. */
    private boolean fill() throws IOException {
        if (at == end) {
            at = 0;
            end = 0;
        }
        if (end == buffer.length) {
            if (at > 0) {
                System.arraycopy(buffer, at, buffer, 0, end - at);
                end -= at;
                at = 0;
            } else {
                buffer = Arrays.copyOf(buffer, Math.min(buffer.length * 2, LONGEST_HEAD * 2));
            }
        }
        int n = in.read(buffer, end, buffer.length - end);
        if (n <= 0) {
            return false;
        }
        taken += n;
        end += n;
        return true;
    }
}
