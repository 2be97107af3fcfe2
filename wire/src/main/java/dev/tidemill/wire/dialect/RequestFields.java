package dev.tidemill.wire.dialect;

import dev.tidemill.wire.dialect.Asked.Span;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonException;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonScanner;
import dev.tidemill.wire.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The wanted fields of a request's body, or of an object in it: found in one validating scan, and refused in the same
 * words whatever the dialect. A field that is null counts as absent; one that is wanted may stand there only once.
 * Positions are indices into the scanned array. Used over and over by one thread; allocates only when the
 * {@linkplain #name name} it reads is another than before.
 */
public final class RequestFields {
    /** Levels of arrays and objects a request may have. */
    public static final int MAX_DEPTH = 64;
    /** Bytes of the model's name as written, without quotes. */
    public static final int MAX_NAME_BYTES = 256;
    /** The largest limit on output tokens that is believed. */
    public static final int MAX_OUTPUT_TOKENS = 100_000_000;
    /** The most choices one request may ask for. */
    public static final int MAX_CHOICES = 128;

    private static final byte[] EMPTY_OBJECT = {'{', '}'};

    private final FieldTable wanted;
    private final String prefix;
    private final JsonScanner scanner;
    private int origin;
    private byte[] body = EMPTY_OBJECT;
    private byte[] nameBytes = {};
    private String name = "";

    /** Of a body. */
    public RequestFields(FieldTable wanted) {
        this(wanted, "");
    }

    /** Of an object that is the value of {@code parent}; errors name its fields {@code parent.field}. */
    public static RequestFields inside(String parent, FieldTable wanted) {
        return new RequestFields(wanted, parent + ".");
    }

    private RequestFields(FieldTable wanted, String prefix) {
        this.wanted = wanted;
        this.prefix = prefix;
        this.scanner = new JsonScanner(wanted, MAX_DEPTH);
    }

    /**
     * Reads the body {@code a[from, to)}. After an exception the accessors are of no use.
     *
     * @throws RequestException when it is no JSON object, or has a wanted field twice
     */
    public void scan(byte[] a, int from, int to) throws RequestException {
        origin = from;
        body = a;
        try {
            scanner.scan(a, from, to);
        } catch (JsonException e) {
            throw new RequestException("request body: " + e.getMessage(), null, code(e.fault()));
        }
        if (scanner.root() != JsonKind.OBJECT) {
            throw new RequestException(
                    "request body: " + scanner.root().words() + " (expected: an object)", null, "invalid_type");
        }
        refuseRepeated();
    }

    /**
     * Reads the object that is the value of {@code outer}'s field; nothing is found where there is none.
     *
     * @throws RequestException when the field is something else, or has a wanted field twice
     */
    public void scanIn(RequestFields outer, int field) throws RequestException {
        origin = outer.origin;
        boolean there = !outer.kind(field).isNullish();
        if (there && outer.kind(field) != JsonKind.OBJECT) {
            throw outer.type(field, "an object");
        }
        body = there ? outer.body : EMPTY_OBJECT;
        scanPart(there ? outer.from(field) : 0, there ? outer.to(field) : EMPTY_OBJECT.length);
    }

    /**
     * Reads the object that {@code outer}'s body has in {@code [from, to)}, as an element of a list.
     *
     * @throws RequestException when it has a wanted field twice
     */
    public void scanElement(RequestFields outer, int from, int to) throws RequestException {
        origin = outer.origin;
        body = outer.body;
        scanPart(from, to);
    }

    private void scanPart(int from, int to) throws RequestException {
        try {
            scanner.scan(body, from, to);
        } catch (JsonException e) {
            throw new IllegalStateException("a part of a valid text is valid", e);
        }
        refuseRepeated();
    }

    private void refuseRepeated() throws RequestException {
        int repeated = scanner.anyRepeated();
        if (repeated >= 0) {
            throw repeated(repeated);
        }
    }

    /**
     * The one of two spellings of a field that is there; the first when neither is.
     *
     * @throws RequestException when both are
     */
    public int either(int field, int other) throws RequestException {
        if (kind(other).isNullish()) {
            return field;
        }
        if (!kind(field).isNullish()) {
            throw repeated(from(field) > from(other) ? field : other);
        }
        return other;
    }

    private RequestException repeated(int field) {
        String param = param(field);
        return new RequestException(
                param + ": a second one at byte " + (from(field) - origin) + " (expected: one)",
                param,
                "duplicate_parameter");
    }

    /** Whether words can be searched for as they are usually written, see {@link dev.tidemill.wire.json.PlainText}. */
    public boolean plain() {
        return scanner.plain();
    }

    public JsonKind kind(int field) {
        return scanner.kind(field);
    }

    /** Where the value of a field that is present starts; with the quote, when it is a string. */
    public int from(int field) {
        return scanner.from(field);
    }

    /** Behind the value of a field that is present. */
    public int to(int field) {
        return scanner.to(field);
    }

    /** Where the object starts: its brace. */
    public int rootFrom() {
        return scanner.rootFrom();
    }

    /** The value's place, counted from the body's start; empty when there is none. */
    public Span span(int field) {
        return kind(field).isNullish() ? Span.NONE : new Span(from(field) - origin, to(field) - origin);
    }

    /** The text of a field that has to be there: 1 to {@value #MAX_NAME_BYTES} bytes as written, unescaped. */
    public String name(int field) throws RequestException {
        if (kind(field).isNullish()) {
            throw new RequestException(
                    param(field) + ": missing (expected: a string)", param(field), "missing_required_parameter");
        }
        if (kind(field) != JsonKind.STRING) {
            throw type(field, "a string");
        }
        int start = from(field);
        int end = to(field);
        int length = end - start - 2;
        if (length < 1 || length > MAX_NAME_BYTES) {
            throw new RequestException(
                    param(field) + ": " + length + " bytes at byte " + (start - origin) + " (expected: 1 to "
                            + MAX_NAME_BYTES + ")",
                    param(field),
                    "invalid_value");
        }
        if (!Arrays.equals(body, start, end, nameBytes, 0, nameBytes.length)) {
            nameBytes = Arrays.copyOfRange(body, start, end);
            name = JsonText.string(body, start, end);
        }
        return name;
    }

    /** Whether the field is true; false when absent. */
    public boolean flag(int field) throws RequestException {
        if (!kind(field).isNullish() && !kind(field).isBoolean()) {
            throw type(field, "true or false");
        }
        return kind(field) == JsonKind.TRUE;
    }

    /** A whole number, {@code min} to {@code max}; {@code absent} when the field is. */
    public int count(int field, int min, int max, int absent) throws RequestException {
        if (kind(field).isNullish()) {
            return absent;
        }
        if (kind(field) != JsonKind.NUMBER) {
            throw type(field, "a whole number, " + min + " to " + max);
        }
        int value = JsonText.wholeNumber(body, from(field), to(field), -1);
        if (value < min || value > max) {
            throw outside(field, min, max);
        }
        return value;
    }

    private RequestException outside(int field, int min, int max) {
        String param = param(field);
        int start = from(field);
        int length = to(field) - start;
        String shown = length > 24
                ? "a number of " + length + " characters"
                : new String(body, start, length, StandardCharsets.US_ASCII);
        return new RequestException(
                param + ": " + shown + " at byte " + (start - origin) + " (expected: a whole number, " + min + " to "
                        + max + ")",
                param,
                "invalid_value");
    }

    /** The error for a field of the wrong kind. */
    public RequestException type(int field, String expected) {
        String param = param(field);
        return new RequestException(
                param + ": " + kind(field).words() + " at byte " + (from(field) - origin) + " (expected: " + expected
                        + ")",
                param,
                "invalid_type");
    }

    /** The error for a text that is another than it has to be. */
    public RequestException other(int field, String expected) {
        String param = param(field);
        return new RequestException(
                param + ": " + new String(body, from(field), to(field) - from(field), StandardCharsets.UTF_8)
                        + " at byte " + (from(field) - origin) + " (expected: " + expected + ")",
                param,
                "invalid_value");
    }

    private String param(int field) {
        return prefix + wanted.name(field);
    }

    private static String code(JsonException.Fault fault) {
        return switch (fault) {
            case SYNTAX -> "invalid_json";
            case ENCODING -> "invalid_encoding";
            case DEPTH -> "nesting_too_deep";
        };
    }
}
