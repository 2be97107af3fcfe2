package dev.tidemill.bench.fuzz;

import dev.tidemill.wire.sse.SseReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A block of an event stream in plain values, one character for each byte; null where it has none. */
record SseBlock(
        @Nullable String data,
        @Nullable String event,
        @Nullable String id,
        long retry,
        @Nullable String error) {
    /** Of the reader's current block. */
    static SseBlock of(SseReader r) {
        return new SseBlock(
                r.hasData() ? text(r.data(), r.dataFrom(), r.dataTo()) : null,
                r.hasEvent() ? text(r.raw(), r.eventFrom(), r.eventTo()) : null,
                r.hasId() ? text(r.raw(), r.idFrom(), r.idTo()) : null,
                r.retry(),
                r.hasError() ? text(r.raw(), r.errorFrom(), r.errorTo()) : null);
    }

    /** All whole blocks of a stream, by the steps of the standard (WHATWG HTML, section 9.2.6), slowly and without the reader. */
    static List<SseBlock> standard(byte[] stream) {
        String text = text(stream, 0, stream.length);
        text = text.startsWith("\u00ef\u00bb\u00bf") ? text.substring(3) : text;
        String[] lines = text.replace("\r\n", "\n").replace('\r', '\n').split("\n", -1);
        List<SseBlock> blocks = new ArrayList<>();
        List<String> block = new ArrayList<>();
        // What is behind the last line end is no line.
        for (String line : List.of(lines).subList(0, lines.length - 1)) {
            if (line.isEmpty()) {
                blocks.add(of(block));
                block.clear();
            } else {
                block.add(line);
            }
        }
        return blocks;
    }

    private static SseBlock of(List<String> lines) {
        StringBuilder data = new StringBuilder();
        boolean hasData = false;
        String event = null;
        String id = null;
        String error = null;
        long retry = -1;
        for (String line : lines) {
            int colon = line.indexOf(':');
            String name = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (name) {
                case "data" -> {
                    data.append(hasData ? "\n" : "").append(value);
                    hasData = true;
                }
                case "event" -> event = value;
                case "id" -> id = value.indexOf(0) < 0 ? value : id;
                case "error" -> error = value;
                case "retry" -> retry = value.matches("[0-9]{1,18}") ? Long.parseLong(value) : retry;
                default -> {}
            }
        }
        return new SseBlock(hasData ? data.toString() : null, event, id, retry, error);
    }

    private static String text(byte[] a, int from, int to) {
        return new String(a, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
