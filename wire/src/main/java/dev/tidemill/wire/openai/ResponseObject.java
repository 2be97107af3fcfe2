package dev.tidemill.wire.openai;

import dev.tidemill.wire.Usage;
import dev.tidemill.wire.json.Edits;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonException;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonScanner;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A response of the Responses API, whole or as it is by now, as far as a relay looks into it. What a provider sent is not validated: a field
 * that is not as it should be counts as absent.
 *
 * @param id 1 to {@link #MAX_TEXT} bytes as written; null: absent
 * @param model the model that answers; null: absent
 * @param createdAt seconds since 1970; -1: absent
 * @param status empty: absent
 * @param errorFrom where an error that is not null starts in the array read; -1: there is none
 * @param usage null: absent, or nothing that can be believed
 */
public record ResponseObject(
        @Nullable String id,
        @Nullable String model,
        long createdAt,
        String status,
        int errorFrom,
        int errorTo,
        @Nullable Usage usage) {
    /** The longest id, model or status that is read, in bytes. */
    public static final int MAX_TEXT = 256;

    private static final int ID = 0;
    private static final int MODEL = 1;
    private static final int CREATED_AT = 2;
    private static final int STATUS = 3;
    private static final int ERROR = 4;
    private static final int USAGE = 5;
    private static final FieldTable NAMES = FieldTable.of("id", "model", "created_at", "status", "error", "usage");

    private static final byte[] ID_NAME = "id".getBytes(StandardCharsets.US_ASCII);

    /** Reads the object in {@code a[from, to)}; null: there is none. */
    public static @Nullable ResponseObject read(byte[] a, int from, int to) {
        TopFields fields = new TopFields(NAMES);
        if (!fields.read(a, from, to)) {
            return null;
        }
        boolean error = !fields.kind(a, ERROR).isNullish();
        String status = text(a, fields, STATUS);
        return new ResponseObject(
                text(a, fields, ID),
                text(a, fields, MODEL),
                fields.has(CREATED_AT)
                        ? JsonText.wholeNumber(a, fields.from(CREATED_AT), fields.to(CREATED_AT), -1L)
                        : -1,
                status == null ? "" : status,
                error ? fields.from(ERROR) : -1,
                error ? fields.to(ERROR) : -1,
                fields.kind(a, USAGE) == JsonKind.OBJECT
                        ? OpenAiUsage.of(a, fields.from(USAGE), fields.to(USAGE), OpenAiUsage.Reasoning.INSIDE)
                        : null);
    }

    /** The id of the object that starts in {@code a[from, to)}, be it cut somewhere behind it; null: there is none. */
    static @Nullable String id(byte[] a, int from, int to) {
        int open = JsonWalk.space(a, from, to);
        int value = open < to && a[open] == '{' ? JsonWalk.member(a, open, to, ID_NAME) : -1;
        int end = value < 0 || a[value] != '"' ? -1 : JsonWalk.valueEnd(a, value, to);
        return end < 0 ? null : text(a, value, end);
    }

    /** The object {@code a}, which is one, with another id. */
    public static byte[] withId(byte[] a, String id) {
        return with(a, ID, JsonText.quote(id));
    }

    /** The object {@code a}, which is one, with another status. */
    public static byte[] withStatus(byte[] a, String status) {
        return with(a, STATUS, JsonText.quote(status));
    }

    /** The object {@code a}, which is one, as OpenAI shows one that failed. */
    public static byte[] failed(byte[] a, String message) {
        StringBuilder error = new StringBuilder("{\"code\":\"server_error\",\"message\":");
        JsonText.quote(error, message);
        error.append('}');
        return with(withStatus(a, "failed"), ERROR, error.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] with(byte[] a, int field, byte[] value) {
        TopFields fields = new TopFields(NAMES);
        Edits edits = new Edits();
        if (fields.read(a, 0, a.length)) {
            if (fields.has(field)) {
                edits.replace(fields.from(field), fields.to(field) - fields.from(field), value);
            } else {
                String comma = JsonWalk.firstIn(a, fields.open(), a.length) < 0 ? "" : ",";
                String text = '"' + NAMES.name(field) + "\":" + new String(value, StandardCharsets.UTF_8) + comma;
                edits.insert(fields.open() + 1, text.getBytes(StandardCharsets.UTF_8));
            }
        }
        byte[] changed = new byte[edits.size(a.length)];
        edits.writeTo(a, 0, a.length, changed, 0);
        return changed;
    }

    /** Whether the provider gave it up: it failed, or holds an error and does not claim to be an answer. */
    boolean isFailed() {
        return switch (status) {
            case "failed" -> true;
            case "completed", "incomplete", "in_progress", "queued", "cancelled" -> false;
            default -> errorFrom >= 0;
        };
    }

    private static @Nullable String text(byte[] a, TopFields fields, int field) {
        if (fields.kind(a, field) != JsonKind.STRING) {
            return null;
        }
        return text(a, fields.from(field), fields.to(field));
    }

    private static @Nullable String text(byte[] a, int from, int to) {
        if (to - from < 3 || to - from - 2 > MAX_TEXT) {
            return null;
        }
        try {
            new JsonScanner(FieldTable.of(), 1).scan(a, from, to); // escapes may be broken
            return JsonText.string(a, from, to);
        } catch (JsonException e) {
            return null;
        }
    }
}
