package dev.tidemill.simulator.anthropic;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.ErrorText;
import dev.tidemill.simulator.protocol.Json;
import dev.tidemill.simulator.protocol.Place;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.SseEvent;
import dev.tidemill.simulator.protocol.StreamScript;
import dev.tidemill.simulator.protocol.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of a streamed message: its start, each block with start, deltas and stop, the reason and usage, its stop. A block is opened by
 * its first token and closed with its last; a ping follows the first opening. Some events end with spaces before the brace, as
 * Anthropic's do.
 */
final class MessagesStream implements StreamScript {
    private static final SseEvent PING = new SseEvent("ping", "{\"type\": \"ping\"}");
    private static final int MOST_PADDING = 12;

    private final Ask ask;
    private final Said said;
    private final Protocol protocol;
    private int block = -1;
    private Place.@Nullable Kind open;
    private int padding;

    MessagesStream(Ask ask, Said said, Protocol protocol) {
        this.ask = ask;
        this.said = said;
        this.protocol = protocol;
    }

    @Override
    public List<SseEvent> opening() {
        StringBuilder json = new StringBuilder(400);
        json.append("\"message\":{\"id\":\"").append(said.id("msg_"));
        json.append("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":");
        Json.quote(json, said.model());
        json.append(",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null");
        Anthropic.usage(json, said, Math.min(1, said.told().completion()));
        return List.of(event("message_start", json.append('}')));
    }

    @Override
    public List<SseEvent> step(int step) {
        if (said.steps() == 0) {
            return List.of();
        }
        Place place = said.at(step);
        List<SseEvent> events = new ArrayList<>(4);
        if (place.first()) {
            start(events, place.kind(), place.call());
        }
        events.add(delta(place));
        if (place.last()) {
            stop(events);
        }
        return events;
    }

    @Override
    public List<SseEvent> finish() {
        List<SseEvent> events = new ArrayList<>(3);
        stop(events);
        StringBuilder json = new StringBuilder(200).append("\"delta\":{");
        Anthropic.stop(json, said);
        json.append('}');
        Anthropic.usage(json, said, said.told().completion());
        SseEvent event = event("message_delta", json);
        events.add(event);
        if (said.form() == Usage.Form.REPEATED) {
            events.add(event);
        }
        return events;
    }

    @Override
    public SseEvent terminator() {
        return event("message_stop", new StringBuilder());
    }

    @Override
    public List<SseEvent> content(String text) {
        List<SseEvent> events = new ArrayList<>(3);
        start(events, Place.Kind.TEXT, 0);
        events.add(delta(new Place(Place.Kind.TEXT, 0, text, true, false)));
        return events;
    }

    @Override
    public SseEvent broken() {
        return new SseEvent(
                "content_block_delta",
                "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":");
    }

    @Override
    public List<SseEvent> error(ErrorText error) {
        return List.of(new SseEvent("error", protocol.error(error)));
    }

    @Override
    public SseEvent ping() {
        return PING;
    }

    private void start(List<SseEvent> events, Place.Kind kind, int call) {
        stop(events);
        block++;
        open = kind;
        StringBuilder json = indexed().append(",\"content_block\":{\"type\":");
        switch (kind) {
            case REASONING -> json.append("\"thinking\",\"thinking\":\"\",\"signature\":\"\"}");
            case TEXT -> json.append("\"text\",\"text\":\"\"}");
            case ARGUMENTS -> {
                json.append("\"tool_use\",\"id\":\"").append(Messages.callId(said, call));
                json.append("\",\"name\":").append(Json.quoted(ask.toolName())).append(",\"input\":{}}");
            }
        }
        events.add(event("content_block_start", json));
        if (block == 0) {
            events.add(PING);
        }
        if (kind == Place.Kind.ARGUMENTS) {
            events.add(delta(new Place(kind, call, "", true, false)));
        }
    }

    private SseEvent delta(Place place) {
        StringBuilder json = indexed().append(",\"delta\":{\"type\":");
        json.append(
                switch (place.kind()) {
                    case REASONING -> "\"thinking_delta\",\"thinking\":";
                    case TEXT -> "\"text_delta\",\"text\":";
                    case ARGUMENTS -> "\"input_json_delta\",\"partial_json\":";
                });
        Json.quote(json, place.token());
        return event("content_block_delta", json.append('}'));
    }

    private void stop(List<SseEvent> events) {
        if (open == null) {
            return;
        }
        if (open == Place.Kind.REASONING) {
            StringBuilder json = indexed().append(",\"delta\":{\"type\":\"signature_delta\",\"signature\":\"");
            events.add(event(
                    "content_block_delta", json.append(Messages.signature(said)).append("\"}")));
        }
        events.add(event("content_block_stop", indexed()));
        open = null;
    }

    private StringBuilder indexed() {
        return new StringBuilder(120).append("\"index\":").append(block);
    }

    private SseEvent event(String type, StringBuilder fields) {
        padding = (padding + 5) % MOST_PADDING;
        String comma = fields.isEmpty() ? "" : ",";
        return new SseEvent(type, "{\"type\":\"" + type + "\"" + comma + fields + " ".repeat(padding) + "}");
    }
}
