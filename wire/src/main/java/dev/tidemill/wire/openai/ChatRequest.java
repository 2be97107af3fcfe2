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
 * What a relay has to know of a Chat Completions request: read in one validating scan, the rest of the body is left as it came. Also reads
 * the other endpoints that name a {@code model}. Used over and over by one thread; allocates only when the model is another than before.
 *
 * <p>A field that is null counts as absent. A field that is read may stand there only once, since two readers could take different ones.
 */
public final class ChatRequest implements RequestReader {
    /** Levels of arrays and objects a request may have. */
    public static final int MAX_DEPTH = 64;
    /** Bytes of the model's name as written, without quotes. */
    public static final int MAX_MODEL_BYTES = 256;
    /** The largest limit on output tokens that is believed. */
    public static final int MAX_OUTPUT_TOKENS = 100_000_000;
    /** The most choices one request may ask for. */
    public static final int MAX_CHOICES = 128;

    private static final int MODEL = 0;
    private static final int STREAM = 1;
    private static final int STREAM_OPTIONS = 2;
    private static final int MAX_TOKENS = 3;
    private static final int MAX_COMPLETION_TOKENS = 4;
    private static final int N = 5;
    private static final int MESSAGES = 6;
    private static final int PROMPT = 7;
    private static final int INPUT = 8;
    private static final int TOOLS = 9;
    private static final FieldTable FIELDS = FieldTable.of(
            "model",
            "stream",
            "stream_options",
            "max_tokens",
            "max_completion_tokens",
            "n",
            "messages",
            "prompt",
            "input",
            "tools");

    private static final int INCLUDE_USAGE = 0;
    private static final FieldTable OPTIONS = FieldTable.of("include_usage");
    private static final String INCLUDE_USAGE_PARAM = "stream_options.include_usage";

    private static final byte[] TRUE = ascii("true");
    private static final byte[] WHOLE_OPTIONS = ascii("{\"include_usage\":true}");
    private static final byte[] OPTIONS_FIELD = ascii("\"stream_options\":{\"include_usage\":true},");
    private static final byte[] USAGE_FIELD = ascii("\"include_usage\":true,");
    private static final byte[] ONLY_USAGE_FIELD = ascii("\"include_usage\":true");

    private final JsonScanner fields = new JsonScanner(FIELDS, MAX_DEPTH);
    private final JsonScanner options = new JsonScanner(OPTIONS, MAX_DEPTH);

    private int from;
    private byte[] body = {};
    private byte[] modelBytes = {};
    private String model = "";
    private int maxTokens;
    private int maxCompletionTokens;
    private int n;

    @Override
    public Asked read(byte[] a, int from, int to) throws RequestException {
        scan(a, from, to);
        Edits usage = null;
        if (stream() && !usageAsked()) {
            usage = new Edits();
            askUsage(usage);
        }
        int prompt = !fields.kind(MESSAGES).isNullish()
                ? MESSAGES
                : !fields.kind(PROMPT).isNullish() ? PROMPT : INPUT;
        return new Asked(
                model,
                modelFrom() - from,
                modelTo() - from,
                stream(),
                n,
                maxOutput(),
                usage,
                span(prompt),
                span(TOOLS),
                state(a));
    }

    /** A file in a message is known to the provider alone that holds it. */
    private @Nullable State state(byte[] a) {
        String foreign = fields.kind(MESSAGES) == JsonKind.ARRAY
                ? ForeignId.find(a, fields.from(MESSAGES), fields.to(MESSAGES))
                : null;
        return foreign == null ? null : new State(null, foreign, false, null, false);
    }

    private Span span(int field) {
        return fields.kind(field).isNullish()
                ? Span.NONE
                : new Span(fields.from(field) - from, fields.to(field) - from);
    }

    /** Reads {@code a[from, to)}. After an exception the accessors are of no use. */
    public void scan(byte[] a, int from, int to) throws RequestException {
        this.from = from;
        this.body = a;
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
            throw repeated(FIELDS.name(repeated), fields.from(repeated));
        }
        readModel(a);
        if (!fields.kind(STREAM).isNullish() && !fields.kind(STREAM).isBoolean()) {
            throw type("stream", fields.kind(STREAM), fields.from(STREAM), "true or false");
        }
        readOptions(a);
        maxTokens = count(a, MAX_TOKENS, MAX_OUTPUT_TOKENS, -1);
        maxCompletionTokens = count(a, MAX_COMPLETION_TOKENS, MAX_OUTPUT_TOKENS, -1);
        n = count(a, N, MAX_CHOICES, 1);
    }

    /** The model asked for, unescaped; 1 to {@value #MAX_MODEL_BYTES} bytes as written. */
    public String model() {
        return model;
    }

    /** Where the model's value starts in the scanned array: its opening quote. */
    public int modelFrom() {
        return fields.from(MODEL);
    }

    /** Behind the closing quote of the model's value. */
    public int modelTo() {
        return fields.to(MODEL);
    }

    /** Whether the answer is to be streamed. */
    public boolean stream() {
        return fields.kind(STREAM) == JsonKind.TRUE;
    }

    /** Whether the client itself asked for usage at the end of the stream. */
    public boolean usageAsked() {
        return fields.kind(STREAM_OPTIONS) == JsonKind.OBJECT && options.kind(INCLUDE_USAGE) == JsonKind.TRUE;
    }

    /** {@code max_tokens}, 1 to {@value #MAX_OUTPUT_TOKENS}; -1 when absent. */
    public int maxTokens() {
        return maxTokens;
    }

    /** {@code max_completion_tokens}, 1 to {@value #MAX_OUTPUT_TOKENS}; -1 when absent. */
    public int maxCompletionTokens() {
        return maxCompletionTokens;
    }

    /** The limit on output tokens for each choice: the newer field before the older; -1 when neither is there. */
    public int maxOutput() {
        return maxCompletionTokens >= 0 ? maxCompletionTokens : maxTokens;
    }

    /** How many choices are asked for, 1 to {@value #MAX_CHOICES}; 1 when absent. */
    public int n() {
        return n;
    }

    /** Adds the edit that names another model; {@code jsonString} is a JSON string with its quotes. */
    public void replaceModel(Edits edits, byte[] jsonString) {
        edits.replace(modelFrom() - from, modelTo() - modelFrom(), jsonString);
    }

    /** Adds the edit, if one is needed, that asks for usage at the end of the stream. Other stream options stay as they are. */
    public void askUsage(Edits edits) {
        switch (fields.kind(STREAM_OPTIONS)) {
            case ABSENT -> edits.insert(fields.rootFrom() + 1 - from, OPTIONS_FIELD);
            case OBJECT -> {
                switch (options.kind(INCLUDE_USAGE)) {
                    case TRUE -> {}
                    case ABSENT -> {
                        int inside = fields.from(STREAM_OPTIONS) + 1;
                        edits.insert(inside - from, empty(inside) ? ONLY_USAGE_FIELD : USAGE_FIELD);
                    }
                    default -> {
                        int at = options.from(INCLUDE_USAGE);
                        edits.replace(at - from, options.to(INCLUDE_USAGE) - at, TRUE);
                    }
                }
            }
            default -> {
                int at = fields.from(STREAM_OPTIONS);
                edits.replace(at - from, fields.to(STREAM_OPTIONS) - at, WHOLE_OPTIONS);
            }
        }
    }

    private boolean empty(int inside) {
        int i = inside;
        while (body[i] <= ' ') {
            i++;
        }
        return body[i] == '}';
    }

    private void readModel(byte[] a) throws RequestException {
        JsonKind kind = fields.kind(MODEL);
        if (kind.isNullish()) {
            throw new RequestException("model: missing (expected: a string)", "model", "missing_required_parameter");
        }
        int start = fields.from(MODEL);
        if (kind != JsonKind.STRING) {
            throw type("model", kind, start, "a string");
        }
        int length = fields.to(MODEL) - start - 2;
        if (length < 1 || length > MAX_MODEL_BYTES) {
            throw new RequestException(
                    "model: " + length + " bytes at byte " + (start - from) + " (expected: 1 to " + MAX_MODEL_BYTES
                            + ")",
                    "model",
                    "invalid_value");
        }
        if (!Arrays.equals(a, start, fields.to(MODEL), modelBytes, 0, modelBytes.length)) {
            modelBytes = Arrays.copyOfRange(a, start, fields.to(MODEL));
            model = JsonText.string(a, start, fields.to(MODEL));
        }
    }

    private void readOptions(byte[] a) throws RequestException {
        JsonKind kind = fields.kind(STREAM_OPTIONS);
        if (kind.isNullish()) {
            return;
        }
        int start = fields.from(STREAM_OPTIONS);
        if (kind != JsonKind.OBJECT) {
            throw type("stream_options", kind, start, "an object");
        }
        try {
            options.scan(a, start, fields.to(STREAM_OPTIONS));
        } catch (JsonException e) {
            throw new IllegalStateException("a part of a valid text is valid", e);
        }
        if (options.repeated(INCLUDE_USAGE)) {
            throw repeated(INCLUDE_USAGE_PARAM, options.from(INCLUDE_USAGE));
        }
        JsonKind asked = options.kind(INCLUDE_USAGE);
        if (!asked.isNullish() && !asked.isBoolean()) {
            throw type(INCLUDE_USAGE_PARAM, asked, options.from(INCLUDE_USAGE), "true or false");
        }
    }

    private int count(byte[] a, int field, int max, int absent) throws RequestException {
        JsonKind kind = fields.kind(field);
        if (kind.isNullish()) {
            return absent;
        }
        if (kind != JsonKind.NUMBER) {
            throw type(FIELDS.name(field), kind, fields.from(field), "a whole number, 1 to " + max);
        }
        int value = JsonText.wholeNumber(a, fields.from(field), fields.to(field), -1);
        if (value < 1 || value > max) {
            throw outside(a, field, max);
        }
        return value;
    }

    private RequestException outside(byte[] a, int field, int max) {
        String name = FIELDS.name(field);
        int start = fields.from(field);
        int length = fields.to(field) - start;
        String shown = length > 24
                ? "a number of " + length + " characters"
                : new String(a, start, length, StandardCharsets.US_ASCII);
        return new RequestException(
                name + ": " + shown + " at byte " + (start - from) + " (expected: a whole number, 1 to " + max + ")",
                name,
                "invalid_value");
    }

    private RequestException type(String name, JsonKind kind, int at, String expected) {
        return new RequestException(
                name + ": " + kind.words() + " at byte " + (at - from) + " (expected: " + expected + ")",
                name,
                "invalid_type");
    }

    private RequestException repeated(String name, int at) {
        return new RequestException(
                name + ": a second one at byte " + (at - from) + " (expected: one)", name, "duplicate_parameter");
    }

    private static String code(JsonException.Fault fault) {
        return switch (fault) {
            case SYNTAX -> "invalid_json";
            case ENCODING -> "invalid_encoding";
            case DEPTH -> "nesting_too_deep";
        };
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
