package dev.tidemill.relay.background;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.response.ResponseRecords;
import dev.tidemill.relay.exchange.Downstream;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.replay.ReplayLog;
import dev.tidemill.relay.replay.ReplayLogs;
import dev.tidemill.relay.service.Routing;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The responses in the background, by owner and id. A log is a project's, as the record of the response is. */
public final class Backgrounds {
    /** What the log of a response is made of: its events. */
    static final String EVENTS = "text/event-stream";
    /** What it is made of once the events are too many: the response, each time an event shows it. */
    static final String OBJECTS = "application/json";

    private final ReplayLogs logs;
    private final Routing routing;

    public Backgrounds(ReplayLogs logs, ResponseRecords records) {
        this.logs = logs;
        this.routing = new Routing(new BackgroundService(this, records).routes());
    }

    /** What is served of a response whose log is here. */
    public Routing routing() {
        return routing;
    }

    /**
     * In place of the caller of a request for the background.
     *
     * @param streams whether the caller wants to see the events as they come
     */
    public Downstream downstream(Exchange exchange, boolean streams) {
        return new BackgroundDownstream(exchange, logs, streams);
    }

    /** Whether the events of this response are here, for this key to read. */
    public boolean holds(Key key, String id) {
        return find(key, id) != null;
    }

    /** Ends the making of a response, if it is still made here. */
    public void cancel(String organization, String project, String id) {
        ReplayLog log = find(owner(organization, project), id);
        if (log != null) {
            log.cancel();
        }
    }

    @Nullable
    ReplayLog find(Key key, String id) {
        return find(owner(key.organization(), key.project()), id);
    }

    private @Nullable ReplayLog find(String owner, String id) {
        Optional<ReplayLog> none = Optional.empty();
        return logs.find(name(owner, id), owner)
                .toCompletableFuture()
                .getNow(none)
                .orElse(null);
    }

    /** No key's id, so that {@code /v1/streams} does not have it. */
    static String owner(String organization, String project) {
        return organization + "\n" + project;
    }

    static String name(String owner, String id) {
        return owner + "\n" + id;
    }
}
