package dev.tidemill.bench.held;

import dev.tidemill.wire.http.BodyWalker;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.HttpException;
import dev.tidemill.wire.sse.SseException;
import dev.tidemill.wire.sse.SseReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What one client hears of its stream, and when. A strict one: a piece that is missing or too many is a fault. */
final class Listener {
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CONTENT = "\"content\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FINISH = "\"finish_reason\":\"stop\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ERROR = "\"error\":".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_EVENT = 64 << 10;
    private static final int SHOWN = 300;
    private static final byte[] NOTHING = {};

    private final Head head = new Head();
    private final BodyWalker walker = new BodyWalker();
    private final SseReader events = new SseReader(MAX_EVENT);
    /** Of each piece of content, by {@link System#nanoTime}. */
    private final long[] came;

    private byte[] before = NOTHING;
    private boolean inBody;
    private int pieces;
    private boolean finished;
    private boolean done;
    private @Nullable String fault;

    private final long asked;

    /**
     * @param expected pieces of content that make the answer whole
     * @param asked when, by {@link System#nanoTime}
     */
    Listener(int expected, long asked) {
        this.came = new long[expected];
        this.asked = asked;
    }

    /** Takes in what was read at this time. */
    void hear(byte[] a, int length, long now) {
        try {
            if (inBody) {
                body(a, 0, length, now);
                return;
            }
            byte[] all = before.length == 0 ? a : Arrays.copyOf(before, before.length + length);
            if (before.length > 0) {
                System.arraycopy(a, 0, all, before.length, length);
            }
            int end = before.length + length;
            int from = head.response(all, 0, end, false);
            if (from == Head.INCOMPLETE) {
                before = Arrays.copyOf(all, end);
                return;
            }
            before = NOTHING;
            if (head.status() != 200) {
                fault = "refused: " + new String(all, 0, Math.min(end, SHOWN), StandardCharsets.UTF_8);
                return;
            }
            inBody = true;
            walker.begin(head.framing(), head.contentLength());
            body(all, from, end, now);
        } catch (HttpException | SseException e) {
            fault = "no proper answer: " + e.getMessage();
        }
    }

    private void body(byte[] a, int from, int to, long now) throws HttpException, SseException {
        for (int at = from; walker.next(a, at, to); at = walker.position()) {
            events.feed(a, walker.payloadFrom(), walker.payloadTo());
            while (events.next()) {
                if (events.hasData()) {
                    event(events.data(), events.dataFrom(), events.dataTo(), now);
                }
            }
        }
    }

    private void event(byte[] a, int from, int to, long now) {
        if (done) {
            fault = "an event after [DONE]";
        } else if (Arrays.equals(a, from, to, DONE, 0, DONE.length)) {
            done = true;
        } else if (hasContent(a, from, to)) {
            if (pieces == came.length) {
                fault = "more than the " + came.length + " pieces that were asked for";
            } else {
                came[pieces++] = now;
            }
        } else if (find(FINISH, a, from, to) >= 0) {
            finished = true;
        } else if (find(ERROR, a, from, to) >= 0) {
            fault = "an error within the stream: "
                    + new String(a, from, Math.min(to - from, SHOWN), StandardCharsets.UTF_8);
        }
    }

    private static boolean hasContent(byte[] a, int from, int to) {
        int at = find(CONTENT, a, from, to);
        return at >= 0 && at + CONTENT.length < to && a[at + CONTENT.length] != '"';
    }

    private static int find(byte[] what, byte[] a, int from, int to) {
        for (int at = from; at <= to - what.length; at++) {
            if (Arrays.equals(a, at, at + what.length, what, 0, what.length)) {
                return at;
            }
        }
        return -1;
    }

    /** The connection has ended by the peer's will. */
    void closed(String how) {
        if (!whole() && fault == null) {
            fault = "%s after %d of %d pieces%s".formatted(how, pieces, came.length, done ? " and [DONE]" : "");
        }
    }

    /** It has come to its proper end: every piece, finish, {@code [DONE]} and the last chunk. */
    boolean whole() {
        return fault == null && pieces == came.length && finished && done && walker.ended();
    }

    /** It has ended, but not properly. */
    @Nullable
    String fault() {
        return fault;
    }

    int pieces() {
        return pieces;
    }

    /** From the asking to the first piece, in ns. */
    long first() {
        return came[0] - asked;
    }

    long[] came() {
        return came;
    }
}
