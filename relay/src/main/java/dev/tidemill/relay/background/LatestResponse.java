package dev.tidemill.relay.background;

import dev.tidemill.wire.openai.ResponseEvent;
import dev.tidemill.wire.openai.ResponseObject;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The response as the events seen so far show it: whole in those that carry it, which mark its stages. Its id is the one that
 * was told first; some providers change it on the way.
 */
final class LatestResponse {
    private final ResponseEvent event = new ResponseEvent();
    private byte[] data = {};
    private int from;
    private int to;
    private @Nullable String id;
    private @Nullable String its;
    private boolean ended;

    /** Looks at the data of the next event; returns whether it carries the response. */
    boolean look(byte[] next) {
        ResponseObject response = event.read(next, 0, next.length) ? event.response(next) : null;
        ended |= event.isLast();
        if (response == null) {
            return false;
        }
        data = next;
        from = event.responseFrom();
        to = event.responseTo();
        its = response.id();
        id = id == null ? its : id;
        return true;
    }

    boolean seen() {
        return to > from;
    }

    /** Whether the last event has come, be it of one that failed. */
    boolean ended() {
        return ended;
    }

    /** The response in JSON, as the provider wrote it, but for another id. */
    byte[] json() {
        byte[] json = Arrays.copyOfRange(data, from, to);
        return id == null || id.equals(its) ? json : ResponseObject.withId(json, id);
    }
}
