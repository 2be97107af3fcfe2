package dev.tidemill.relay.downstream;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.relay.loop.Timed;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The one deadline of a client's connection: for a head that does not end, a body that stalls or drips, an idle connection, a client
 * that does not take its answer, and one that does not close when told so. Loop only.
 */
final class Watch extends Timed {
    /** A body that comes more slowly than this is given up, however steadily it drips. */
    private static final long LEAST_BYTES_A_SECOND = 1024;

    private static final Duration LINGER_TIME = Duration.ofSeconds(2);

    private enum Wait {
        NOTHING,
        IDLE,
        HEAD,
        BODY,
        /** That the client takes what it was sent. */
        TAKING,
        CLOSING
    }

    private final HttpConnection connection;
    private final Limits limits;
    private Wait what = Wait.NOTHING;
    private long bodySince;
    private long bodyBytes;

    Watch(HttpConnection connection, Limits limits) {
        this.connection = connection;
        this.limits = limits;
    }

    void off() {
        what = Wait.NOTHING;
        deadline = NEVER;
    }

    /** Before the first request: who connects and says nothing is not waited for as long as who has asked. */
    void connected() {
        in(Wait.IDLE, limits.headerTime());
    }

    /** Between requests. */
    void idle() {
        in(Wait.IDLE, limits.idle());
    }

    /** A head has begun; one that drips gains no time by it. */
    void head() {
        if (what != Wait.HEAD) {
            in(Wait.HEAD, limits.headerTime());
        }
    }

    /** From now on the body is wanted: if it is not here already, its rate counts. */
    void bodyWanted() {
        bodySince = NEVER;
        bodyBytes = 0;
    }

    void bodyCame(int bytes) {
        bodyBytes += bytes;
    }

    /** A body goes on: it may pause for a while, and must not be slower than the least rate as a whole. */
    void body() {
        long stall = limits.bodyStall().toNanos();
        long earned = bodyBytes * (TimeUnit.SECONDS.toNanos(1) / LEAST_BYTES_A_SECOND);
        long now = System.nanoTime();
        if (bodySince == NEVER) {
            bodySince = now;
        }
        what = Wait.BODY;
        deadline = Math.min(now + stall, bodySince + stall + earned);
    }

    /** What was sent has to be taken in time. */
    void taking() {
        if (what != Wait.TAKING) {
            in(Wait.TAKING, limits.writeStall());
        }
    }

    /** The last answer is taken, and the client was told that it is the last. */
    void closing() {
        in(Wait.CLOSING, LINGER_TIME);
    }

    private void in(Wait next, Duration time) {
        what = next;
        deadline = System.nanoTime() + time.toNanos();
    }

    @Override
    protected void expired(long now) {
        switch (what) {
            case NOTHING -> off();
            case IDLE, CLOSING -> connection.channel().close();
            case HEAD -> slowHead();
            case BODY -> slowBody();
            case TAKING -> slowReader();
        }
    }

    private void slowHead() {
        off();
        connection.refuseHead(Failure.of(
                Kind.REQUEST_TIMEOUT,
                "request_timeout",
                "the request's head was not whole after " + seconds(limits.headerTime())
                        + " (the connection is closed)"));
    }

    private void slowBody() {
        if (connection.pipeFull()) {
            in(Wait.BODY, limits.bodyStall()); // the slow one is the service
            return;
        }
        off();
        connection.lastAnswer();
        connection.failRequest(Failure.of(
                Kind.REQUEST_TIMEOUT,
                "request_timeout",
                "the request's body came too slowly (expected: no pause of more than "
                        + seconds(limits.bodyStall()) + ", and " + LEAST_BYTES_A_SECOND
                        + " bytes a second as a whole; the connection is closed)"));
    }

    private void slowReader() {
        if (connection.backlog().bytes() == 0) {
            connection.taken();
        } else if (connection.backlog().moved()) {
            in(Wait.TAKING, limits.writeStall());
        } else {
            connection.channel().close(); // nobody is there to be told
        }
    }

    private static String seconds(Duration time) {
        return time.toMillis() / 1000.0 + " s";
    }
}
