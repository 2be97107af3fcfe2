package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.SseEvent;
import java.nio.charset.StandardCharsets;

/** How events are written: by default {@code data: {json}}, behind its name where it has one, under faults in every other form the standard allows. */
final class SseStyle implements EventStyle {
    private static final String[] NEWLINES = {"\n", "\r\n", "\r"};

    private final boolean plain;
    private final boolean mixed;
    private String newline;
    private final String colon;
    private final boolean comments;
    private final boolean lines;
    private final boolean fields;
    private boolean mark;
    private int number;

    SseStyle(Faults faults, String usual) {
        newline = faults.has(FaultKind.SSE_CRLF) ? "\r\n" : faults.has(FaultKind.SSE_CR) ? "\r" : usual;
        mixed = faults.has(FaultKind.SSE_MIXED);
        colon = faults.has(FaultKind.SSE_NO_SPACE) ? ":" : ": ";
        comments = faults.has(FaultKind.SSE_COMMENTS);
        lines = faults.has(FaultKind.SSE_MULTILINE);
        fields = faults.has(FaultKind.SSE_FIELDS);
        mark = faults.has(FaultKind.SSE_BOM);
        plain = faults.isEmpty() && usual.equals("\n");
    }

    @Override
    public byte[] event(SseEvent event) {
        StringBuilder out = new StringBuilder(event.data().length() + 16);
        if (plain) {
            if (event.name() != null) {
                out.append("event: ").append(event.name()).append('\n');
            }
            return bytes(out.append("data: ").append(event.data()).append("\n\n"));
        }
        if (mixed) {
            newline = NEWLINES[number % NEWLINES.length];
        }
        if (mark) {
            out.append('\uFEFF');
            mark = false;
        }
        if (comments) {
            out.append(colon).append("tick ").append(number).append(newline);
        }
        if (fields) {
            out.append("id").append(colon).append(number).append(newline);
            out.append("retry").append(colon).append(3_000).append(newline);
            out.append("x-unknown").append(colon).append("data: not data").append(newline);
            out.append("lonely").append(newline);
        }
        if (event.name() != null) {
            out.append("event").append(colon).append(event.name()).append(newline);
        } else if (fields) {
            out.append("event").append(colon).append("message").append(newline);
        }
        data(out, event.data());
        number++;
        return bytes(out.append(newline));
    }

    @Override
    public byte[] field(String name, String value) {
        return bytes(new StringBuilder(name)
                .append(colon)
                .append(value)
                .append(newline)
                .append(newline));
    }

    @Override
    public byte[] comment(String text) {
        return bytes(new StringBuilder(colon).append(text).append(newline).append(newline));
    }

    @Override
    public byte[] end() {
        return new byte[0];
    }

    private void data(StringBuilder out, String data) {
        boolean object = data.length() > 2 && data.charAt(0) == '{';
        if (lines && object) {
            out.append("data").append(colon).append('{').append(newline);
            out.append("data").append(colon).append(data, 1, data.length() - 1).append(newline);
            out.append("data").append(colon).append('}').append(newline);
        } else {
            out.append("data").append(colon).append(data).append(newline);
        }
    }

    private static byte[] bytes(StringBuilder out) {
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }
}
