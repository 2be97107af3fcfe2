package dev.tidemill.bench.caller;

import dev.tidemill.simulator.relayed.Caller;
import dev.tidemill.simulator.relayed.RawAnswer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** A client that asks on one connection as long as answers allow it, and can hang up at any moment. For one thread. */
public final class KeptCaller implements AutoCloseable {
    private static final int LEFT = 8192;

    private final Caller to;
    private @Nullable Socket socket;
    private InputStream in = InputStream.nullInputStream();

    public KeptCaller(Caller to) {
        this.to = to;
    }

    /**
     * Asks, and reads to the answer's end.
     *
     * @param headers whole lines with their CRLF, perhaps none
     */
    public RawAnswer ask(String path, String headers, String body) throws IOException {
        try {
            send(path, headers, body);
            RawAnswer answer = RawAnswer.read(in);
            if (!answer.keepsConnection()) {
                close();
            }
            return answer;
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Sends, and reads nothing yet. */
    public void send(String path, String headers, String body) throws IOException {
        Socket open = socket;
        if (open == null) {
            socket = open = new Socket(to.relay().getAddress(), to.relay().getPort());
            open.setTcpNoDelay(true);
            in = new BufferedInputStream(open.getInputStream());
        }
        open.setSoTimeout(Math.toIntExact(to.patience().toMillis()));
        open.getOutputStream().write(to.request(path, headers, body));
    }

    /** Asks, reads whatever comes for so long, and hangs up. */
    public void hangUp(String path, String body, int afterMillis) throws IOException {
        send(path, "", body);
        long until = System.nanoTime() + afterMillis * 1_000_000L;
        try {
            for (long left; (left = (until - System.nanoTime()) / 1_000_000) > 0; ) {
                socket().setSoTimeout((int) left);
                if (in.readNBytes(1).length == 0 || in.skip(LEFT) < 0) {
                    break;
                }
            }
        } catch (SocketTimeoutException silent) {
            // As wanted.
        } finally {
            close();
        }
    }

    private Socket socket() throws IOException {
        Socket open = socket;
        if (open == null) {
            throw new IOException("not connected");
        }
        return open;
    }

    /** Resets the connection, so that thousands of closed ones do not use the ports up. */
    @Override
    public void close() {
        Socket open = socket;
        socket = null;
        if (open != null) {
            try {
                open.setSoLinger(true, 0);
                open.close();
            } catch (IOException alreadyGone) {
                // Nothing is left to close.
            }
        }
    }
}
