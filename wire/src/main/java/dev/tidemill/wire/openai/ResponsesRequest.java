package dev.tidemill.wire.openai;

import dev.tidemill.wire.dialect.Asked;
import dev.tidemill.wire.dialect.Asked.Span;
import dev.tidemill.wire.dialect.Asked.State;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.dialect.RequestReader;
import dev.tidemill.wire.json.Edits;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonException;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonScanner;
import dev.tidemill.wire.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a relay has to know of a Responses request: read in one validating scan, the rest of the body is left as it came. Used over and over
 * by one thread.
 *
 * <p>A field that is null counts as absent. A field that is read may stand there only once, since two readers could take different ones.
 */
public final class ResponsesRequest implements RequestReader {
    /** Bytes of {@code previous_response_id} as written, without quotes. */
    public static final int MAX_ID_BYTES = 256;

    private static final int MODEL = 0;
    private static final int STREAM = 1;
    private static final int MAX_OUTPUT = 2;
    private static final int PREVIOUS = 3;
    private static final int BACKGROUND = 4;
    private static final int STORE = 5;
    private static final int CONVERSATION = 6;
    private static final int PROMPT = 7;
    private static final int INSTRUCTIONS = 8;
    private static final int INPUT = 9;
    private static final int TOOLS = 10;
    private static final FieldTable FIELDS = FieldTable.of(
            "model",
            "stream",
            "max_output_tokens",
            "previous_response_id",
            "background",
            "store",
            "conversation",
            "prompt",
            "instructions",
            "input",
            "tools");

    private static final byte[] NOTHING = {};

    private final JsonScanner fields = new JsonScanner(FIELDS, ChatRequest.MAX_DEPTH);

    private int from;
    private byte[] modelBytes = {};
    private String model = "";

    @Override
    public Asked read(byte[] a, int from, int to) throws RequestException {
        this.from = from;
        try {
            fields.scan(a, from, to);
        } catch (JsonException e) {
            throw new RequestException("request body: " + e.getMessage(), null, code(e.fault()));
        }
        if (fields.root() != JsonKind.OBJECT) {
            throw new RequestException(
                    "request body: " + fields.root().words() + " (expected: an object)", null, "invalid_type");
        }
        int repeated = fields.anyRepeated();
        if (repeated >= 0) {
            throw new RequestException(
                    FIELDS.name(repeated) + ": a second one at byte " + (fields.from(repeated) - from)
                            + " (expected: one)",
                    FIELDS.name(repeated),
                    "duplicate_parameter");
        }
        readModel(a);
        boolean stream = flag(STREAM, false);
        int maxOutput = maxOutput(a);
        return new Asked(
                model,
                fields.from(MODEL) - from,
                fields.to(MODEL) - from,
                stream,
                1,
                maxOutput,
                null,
                span(fields.kind(INSTRUCTIONS).isNullish() ? INPUT : INSTRUCTIONS),
                span(TOOLS),
                state(a));
    }

    private @Nullable State state(byte[] a) throws RequestException {
        String previous = previous(a);
        String foreign = foreign(a);
        boolean background = flag(BACKGROUND, false);
        boolean stored = flag(STORE, true);
        if (previous == null && foreign == null && !background && !stored) {
            return null;
        }
        return new State(previous, foreign, background, background ? without(a, BACKGROUND) : null, stored);
    }

    private @Nullable String previous(byte[] a) throws RequestException {
        JsonKind kind = fields.kind(PREVIOUS);
        if (kind.isNullish()) {
            return null;
        }
        if (kind != JsonKind.STRING) {
            throw type(PREVIOUS, "a string");
        }
        checkLength(PREVIOUS, MAX_ID_BYTES);
        return JsonText.string(a, fields.from(PREVIOUS), fields.to(PREVIOUS));
    }

    private @Nullable String foreign(byte[] a) {
        if (!fields.kind(CONVERSATION).isNullish()) {
            return "conversation";
        }
        if (fields.kind(PROMPT) == JsonKind.OBJECT) {
            return "prompt.id";
        }
        String found = foreign(a, INPUT);
        found = found == null ? foreign(a, TOOLS) : found;
        boolean tools = fields.kind(TOOLS) == JsonKind.ARRAY;
        return found == null && tools && ForeignId.inContainer(a, fields.from(TOOLS), fields.to(TOOLS))
                ? "container"
                : found;
    }

    private @Nullable String foreign(byte[] a, int field) {
        return fields.kind(field) == JsonKind.ARRAY ? ForeignId.find(a, fields.from(field), fields.to(field)) : null;
    }

    /** The edit that takes a field out of the body, with the one comma that would be too many. */
    private Edits without(byte[] a, int field) {
        int start = fields.from(field);
        while (a[start - 1] != ':') {
            start--;
        }
        start -= 2;
        while (a[start] != '"') { // the closing quote of the name
            start--;
        }
        start--;
        while (a[start] != '"') { // the opening one: there is no quote in this name, however it is escaped
            start--;
        }
        int end = fields.to(field);
        int behind = end;
        while (a[behind] <= ' ') {
            behind++;
        }
        if (a[behind] == ',') {
            end = behind + 1;
        } else {
            int before = start - 1;
            while (a[before] <= ' ') {
                before--;
            }
            start = a[before] == ',' ? before : start;
        }
        Edits edits = new Edits();
        edits.replace(start - from, end - start, NOTHING);
        return edits;
    }

    private Span span(int field) {
        return fields.kind(field).isNullish()
                ? Span.NONE
                : new Span(fields.from(field) - from, fields.to(field) - from);
    }

    private void readModel(byte[] a) throws RequestException {
        JsonKind kind = fields.kind(MODEL);
        if (kind.isNullish()) {
            throw new RequestException("model: missing (expected: a string)", "model", "missing_required_parameter");
        }
        if (kind != JsonKind.STRING) {
            throw type(MODEL, "a string");
        }
        checkLength(MODEL, ChatRequest.MAX_MODEL_BYTES);
        int start = fields.from(MODEL);
        if (!Arrays.equals(a, start, fields.to(MODEL), modelBytes, 0, modelBytes.length)) {
            modelBytes = Arrays.copyOfRange(a, start, fields.to(MODEL));
            model = JsonText.string(a, start, fields.to(MODEL));
        }
    }

    private void checkLength(int field, int max) throws RequestException {
        int length = fields.to(field) - fields.from(field) - 2;
        if (length < 1 || length > max) {
            throw invalid(field, length + " bytes", "1 to " + max);
        }
    }

    private boolean flag(int field, boolean absent) throws RequestException {
        JsonKind kind = fields.kind(field);
        if (!kind.isNullish() && !kind.isBoolean()) {
            throw type(field, "true or false");
        }
        return kind.isNullish() ? absent : kind == JsonKind.TRUE;
    }

    private int maxOutput(byte[] a) throws RequestException {
        if (fields.kind(MAX_OUTPUT).isNullish()) {
            return -1;
        }
        String expected = "a whole number, 1 to " + ChatRequest.MAX_OUTPUT_TOKENS;
        if (fields.kind(MAX_OUTPUT) != JsonKind.NUMBER) {
            throw type(MAX_OUTPUT, expected);
        }
        int start = fields.from(MAX_OUTPUT);
        int length = fields.to(MAX_OUTPUT) - start;
        int value = JsonText.wholeNumber(a, start, start + length, -1);
        if (value < 1 || value > ChatRequest.MAX_OUTPUT_TOKENS) {
            String shown = length > 24
                    ? "a number of " + length + " characters"
                    : new String(a, start, length, StandardCharsets.US_ASCII);
            throw invalid(MAX_OUTPUT, shown, expected);
        }
        return value;
    }

    private RequestException invalid(int field, String value, String expected) {
        String name = FIELDS.name(field);
        return new RequestException(
                name + ": " + value + " at byte " + (fields.from(field) - from) + " (expected: " + expected + ")",
                name,
                "invalid_value");
    }

    private RequestException type(int field, String expected) {
        String name = FIELDS.name(field);
        return new RequestException(
                name + ": " + fields.kind(field).words() + " at byte " + (fields.from(field) - from) + " (expected: "
                        + expected + ")",
                name,
                "invalid_type");
    }

    private static String code(JsonException.Fault fault) {
        return switch (fault) {
            case SYNTAX -> "invalid_json";
            case ENCODING -> "invalid_encoding";
            case DEPTH -> "nesting_too_deep";
        };
    }
}
