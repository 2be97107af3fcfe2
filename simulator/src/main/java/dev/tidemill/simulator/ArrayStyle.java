package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.SseEvent;
import java.nio.charset.StandardCharsets;

/** Events as the items of one JSON array, as Gemini sends them to whoever does not ask for server-sent events. */
final class ArrayStyle implements EventStyle {
    private boolean begun;

    @Override
    public byte[] event(SseEvent event) {
        String before = begun ? "\r\n,\r\n" : "[";
        begun = true;
        return bytes(before + event.data());
    }

    /** An array has no fields: it is an item. */
    @Override
    public byte[] field(String name, String value) {
        return event(SseEvent.of(value));
    }

    @Override
    public byte[] comment(String text) {
        return bytes("\r\n");
    }

    @Override
    public byte[] end() {
        return bytes(begun ? "\r\n]\r\n" : "[]\r\n");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
