package dev.tidemill.simulator.cut;

import dev.tidemill.simulator.relayed.Api;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A stream as its provider sent it, and its events. */
public final class Recording {
    private final String name;
    private final Api api;
    private final byte[] bytes;
    private final List<Event> events;
    private final boolean hasError;

    private Recording(String name, Api api, byte[] bytes, List<Event> events) {
        this.name = name;
        this.api = api;
        this.bytes = bytes;
        this.events = events;
        this.hasError = events.stream().anyMatch(Event::error);
    }

    /** Takes a stream apart at its blank lines; what stands behind the last one is no event. */
    static Recording of(String name, Api api, String stream) {
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        List<Event> events = new ArrayList<>();
        int from = 0;
        boolean blank = true; // a line that has nothing in it so far
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\r' && i + 1 < bytes.length && bytes[i + 1] == '\n') {
                continue;
            }
            boolean lineEnd = bytes[i] == '\n' || bytes[i] == '\r';
            if (lineEnd && blank) {
                String block = new String(bytes, from, i + 1 - from, StandardCharsets.UTF_8);
                if (!block.isBlank()) {
                    events.add(Event.of(api, i + 1, block));
                }
                from = i + 1;
            }
            blank = lineEnd;
        }
        return new Recording(name, api, bytes, List.copyOf(events));
    }

    /** The API that an event in JSON belongs to, null: none of ours. */
    static @org.jspecify.annotations.Nullable Api api(JsonNode event) {
        String type = event.path("type").asString("");
        if (event.path("choices").isArray() && !event.has("usage_metadata") && !type.startsWith("response.")) {
            return Api.CHAT;
        }
        if (type.startsWith("response.")) {
            return Api.RESPONSES;
        }
        if (type.equals("message_start")) {
            return Api.MESSAGES;
        }
        return event.path("candidates").isArray() || event.has("usageMetadata") ? Api.GEMINI : null;
    }

    public String name() {
        return name;
    }

    public Api api() {
        return api;
    }

    public int length() {
        return bytes.length;
    }

    /** As its provider sent it; not to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    List<Event> events() {
        return events;
    }

    /** Whether it tells of an error of the provider's. */
    public boolean hasError() {
        return hasError;
    }

    /** How many events are whole in its first bytes. */
    int eventsIn(int length) {
        int low = 0;
        int high = events.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (events.get(middle).end() <= length) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public String toString() {
        return name + " (" + api + ", " + bytes.length + " bytes)";
    }
}
