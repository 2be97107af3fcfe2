package dev.tidemill.wire.openai;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.json.Edits;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One event of a Responses stream, as far as a relay looks into it. The type in the JSON counts, not the {@code event:} line, which some
 * servers leave out. Used over and over by one thread; reading allocates nothing. Positions are indices into the array read.
 */
public final class ResponseEvent {
    private static final int TYPE = 0;
    private static final int SEQUENCE = 1;
    private static final int RESPONSE = 2;
    private static final int ITEM = 3;
    private static final int DELTA = 4;
    private static final int ERROR = 5;
    private static final FieldTable NAMES =
            FieldTable.of("type", "sequence_number", "response", "item", "delta", "error");
    private static final byte[] LEADING = ascii("{\"type\":\"");
    private static final byte[] TRAILING = ascii(",\"type\":\"");

    /** A longer last string is no type. */
    private static final int MAX_TYPE = 128;

    private static final FieldTable ITEM_NAMES = FieldTable.of("type");
    private static final FieldTable ITEM_TYPES = FieldTable.of("message", "reasoning", "mcp_list_tools");

    private final TopFields fields = new TopFields(NAMES);
    private final TopFields item = new TopFields(ITEM_NAMES);
    private ResponseEventType type = ResponseEventType.NONE;
    private long sequence = -1;
    private int from;

    /**
     * Reads the type alone where nothing else counts, which spares most of the walk: it mostly leads, and with servers that sort their fields
     * it ends the event. Of such an event nothing else is known afterwards.
     */
    boolean readHead(byte[] a, int from, int to) {
        int start = JsonWalk.space(a, from, to);
        int end = JsonWalk.trimEnd(a, start, to);
        type = leading(a, start, end);
        if (type == ResponseEventType.NONE) {
            type = trailing(a, start, end);
        }
        sequence = -1;
        return switch (type) {
            case TEXT, HIDDEN, PIECE, PING, OTHER -> true;
            default -> read(a, from, to);
        };
    }

    private static ResponseEventType leading(byte[] a, int from, int end) {
        int value = from + LEADING.length;
        if (end - from < LEADING.length + 2
                || a[end - 1] != '}'
                || !Arrays.equals(a, from, value, LEADING, 0, LEADING.length)) {
            return ResponseEventType.NONE;
        }
        int close = Swar.quoteOrBackslash(a, value, end);
        return ResponseEventType.of(a, value, close);
    }

    /** The field before the last brace is one of the top level. */
    private static ResponseEventType trailing(byte[] a, int from, int end) {
        int close = end - 2;
        if (close <= from || a[end - 1] != '}' || a[close] != '"' || a[from] != '{') {
            return ResponseEventType.NONE;
        }
        int value = close;
        while (value > from && close - value < MAX_TYPE && a[value - 1] != '"' && a[value - 1] != '\\') {
            value--;
        }
        int name = value - TRAILING.length;
        return name > from && Arrays.equals(a, name, value, TRAILING, 0, TRAILING.length)
                ? ResponseEventType.of(a, value, close)
                : ResponseEventType.NONE;
    }

    /** Reads the event whose data is {@code a[from, to)}; false: it is no JSON object. */
    public boolean read(byte[] a, int from, int to) {
        this.from = from;
        type = ResponseEventType.NONE;
        sequence = -1;
        if (!fields.read(a, from, to)) {
            return false;
        }
        if (fields.kind(a, TYPE) == JsonKind.STRING) {
            type = ResponseEventType.of(a, fields.from(TYPE) + 1, fields.to(TYPE) - 1);
        }
        if (fields.has(SEQUENCE)) {
            sequence = JsonText.wholeNumber(a, fields.from(SEQUENCE), fields.to(SEQUENCE), -1L);
        }
        return true;
    }

    /** Where the type begins, when the event has one that stands there as it reads; else where it ends. */
    public int typeFrom(byte[] a) {
        boolean plain = fields.kind(a, TYPE) == JsonKind.STRING
                && Swar.quoteOrBackslash(a, fields.from(TYPE) + 1, fields.to(TYPE)) == typeTo();
        return plain ? fields.from(TYPE) + 1 : typeTo();
    }

    public int typeTo() {
        return fields.to(TYPE) - 1;
    }

    /** The event's place in its stream, from 0; -1: it does not say. */
    public long sequence() {
        return sequence;
    }

    /** Whether the event holds the response as it is by now: {@code response.created}, {@code response.completed} and their like. */
    public boolean hasResponse(byte[] a) {
        return fields.kind(a, RESPONSE) == JsonKind.OBJECT;
    }

    /** Where the response opens, when there is one. */
    public int responseFrom() {
        return fields.from(RESPONSE);
    }

    public int responseTo() {
        return fields.to(RESPONSE);
    }

    /** The response, when there is one that can be read. */
    public @Nullable ResponseObject response(byte[] a) {
        return hasResponse(a) ? ResponseObject.read(a, responseFrom(), responseTo()) : null;
    }

    /** Whether it is the last event of an answer, be it one that failed. */
    public boolean isLast() {
        return type == ResponseEventType.COMPLETED || type == ResponseEventType.FAILED;
    }

    /** Adds the edit that gives the event this sequence number; offsets count from the start of its data. */
    public void number(byte[] a, long number, Edits edits) {
        byte[] digits = ascii(Long.toString(number));
        if (fields.has(SEQUENCE)) {
            edits.replace(fields.from(SEQUENCE) - from, fields.to(SEQUENCE) - fields.from(SEQUENCE), digits);
            return;
        }
        boolean alone = a[JsonWalk.space(a, fields.open() + 1, a.length)] == '}';
        edits.insert(fields.open() + 1 - from, ascii("\"sequence_number\":" + number + (alone ? "" : ",")));
    }

    ResponseEventType type() {
        return type;
    }

    /** Whether there is a delta with something in it. */
    boolean hasDelta(byte[] a) {
        return fields.has(DELTA) && JsonWalk.filled(a, fields.from(DELTA), fields.to(DELTA));
    }

    /** Whether there is an error that is not null. */
    boolean hasError(byte[] a) {
        return !fields.kind(a, ERROR).isNullish();
    }

    /**
     * What the item is that begins. A message, reasoning and a list of tools begin empty; anything else is a call, its output, or whole at
     * once, and must not be made twice.
     */
    Item item(byte[] a) {
        if (fields.kind(a, ITEM) != JsonKind.OBJECT
                || !item.read(a, fields.from(ITEM), fields.to(ITEM))
                || item.kind(a, 0) != JsonKind.STRING) {
            return Item.NONE;
        }
        return switch (ITEM_TYPES.find(a, item.from(0) + 1, item.to(0) - 1)) {
            case 0 -> Item.MESSAGE;
            case 1 -> Item.REASONING;
            case 2 -> Item.NONE;
            default -> Item.CALL;
        };
    }

    enum Item {
        NONE,
        MESSAGE,
        REASONING,
        CALL
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
