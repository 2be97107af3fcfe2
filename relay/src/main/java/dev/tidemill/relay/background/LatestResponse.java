package dev.tidemill.relay.background;

import dev.tidemill.wire.openai.ResponseEvent;
import dev.tidemill.wire.openai.ResponseObject;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The response as the events seen so far show it: whole in those that carry it, which mark its stages. */
final class LatestResponse {
    private final ResponseEvent event = new ResponseEvent();
    private byte[] data = {};
    private int from;
    private int to;

    /** Looks at the data of the next event; returns the response that is now the latest, null: it carries none. */
    @Nullable
    ResponseObject look(byte[] its) {
        ResponseObject response = event.read(its, 0, its.length) ? event.response(its) : null;
        if (response != null) {
            data = its;
            from = event.responseFrom();
            to = event.responseTo();
        }
        return response;
    }

    boolean seen() {
        return to > from;
    }

    /** The response in JSON, as the provider wrote it. */
    byte[] json() {
        return Arrays.copyOfRange(data, from, to);
    }

    /** The same, with another status. */
    byte[] json(String status) {
        return ResponseObject.withStatus(data, from, to, status);
    }
}
