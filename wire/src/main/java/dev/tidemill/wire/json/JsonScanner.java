package dev.tidemill.wire.json;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.Utf8;
import dev.tidemill.wire.json.JsonException.Fault;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a JSON text once, checks all of it (RFC 8259 to the letter, UTF-8 included, no byte order mark), and notes where the wanted
 * top-level fields have their values. No tree, no recursion, no allocation; one scanner is used over and over by one thread.
 *
 * <p>All positions are indices into the scanned array; offsets in errors count from the start of the text.
 */
public final class JsonScanner {
    private final FieldTable wanted;
    private final int maxDepth;
    /** For each open level, whether it is an object. */
    private final boolean[] objects;

    private final int[] starts;
    private final int[] ends;
    private final JsonKind[] kinds;
    private final boolean[] repeated;
    private JsonKind root = JsonKind.ABSENT;
    private int rootFrom;
    private int deepest;
    private boolean plain;
    private int origin;
    /** The wanted field whose value is being read, or -1. */
    private int current;

    /** @param maxDepth levels of arrays and objects allowed, 1 or more; one byte of memory each */
    public JsonScanner(FieldTable wanted, int maxDepth) {
        if (maxDepth < 1) {
            throw new IllegalArgumentException("max-depth: " + maxDepth + " (expected: >= 1)");
        }
        this.wanted = wanted;
        this.maxDepth = maxDepth;
        this.objects = new boolean[maxDepth];
        this.starts = new int[wanted.size()];
        this.ends = new int[wanted.size()];
        this.kinds = new JsonKind[wanted.size()];
        this.repeated = new boolean[wanted.size()];
        forget(0);
    }

    /** Reads {@code a[from, to)}. After an exception what was found before is of no use. */
    public void scan(byte[] a, int from, int to) throws JsonException {
        forget(from);
        int depth = 0;
        int i = space(a, from, to);
        rootFrom = i;
        root = i < to ? JsonKind.of(a[i]) : JsonKind.ABSENT;
        while (true) {
            int c = i < to ? a[i] : 0;
            switch (c) {
                case '"' -> i = string(a, i + 1, to);
                case '{', '[' -> {
                    if (depth == maxDepth) {
                        throw new JsonException(
                                Fault.DEPTH,
                                i - origin,
                                "nesting: " + (depth + 1) + " levels at byte " + (i - origin) + " (expected: <= "
                                        + maxDepth + ")");
                    }
                    boolean object = c == '{';
                    objects[depth++] = object;
                    deepest = Math.max(deepest, depth);
                    i = space(a, i + 1, to);
                    if (i < to && a[i] == (object ? '}' : ']')) {
                        i++;
                        depth--;
                    } else {
                        if (object) {
                            i = key(a, i, to, depth);
                        }
                        continue;
                    }
                }
                case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> i = number(a, i, to);
                case 't' -> i = literal(a, i, to, TRUE);
                case 'f' -> i = literal(a, i, to, FALSE);
                case 'n' -> i = literal(a, i, to, NULL);
                default -> throw syntax(i, "a value");
            }
            while (true) {
                if (depth == 1 && current >= 0) {
                    ends[current] = i;
                    current = -1;
                }
                i = space(a, i, to);
                if (depth == 0) {
                    if (i != to) {
                        throw syntax(i, "the end");
                    }
                    return;
                }
                boolean object = objects[depth - 1];
                c = i < to ? a[i] : 0;
                if (c == ',') {
                    i = space(a, i + 1, to);
                    if (object) {
                        i = key(a, i, to, depth);
                    }
                    break;
                }
                if (c != (object ? '}' : ']')) {
                    throw syntax(i, object ? "',' or '}'" : "',' or ']'");
                }
                i++;
                depth--;
            }
        }
    }

    /** The kind of the whole text's value. */
    public JsonKind root() {
        return root;
    }

    /** Where the whole text's value starts. */
    public int rootFrom() {
        return rootFrom;
    }

    /** The kind of a wanted field's value, {@link JsonKind#ABSENT} without the field or when the root is no object. */
    public JsonKind kind(int field) {
        return kinds[field];
    }

    /** Where the value of a field that is present starts; with the quote, when it is a string. Of a repeated field, the last one. */
    public int from(int field) {
        return starts[field];
    }

    /** Behind the value of a field that is present. */
    public int to(int field) {
        return ends[field];
    }

    /** Whether the field stands there more than once. */
    public boolean repeated(int field) {
        return repeated[field];
    }

    /** The number of a wanted field that stands there more than once, or -1. */
    public int anyRepeated() {
        for (int i = 0; i < repeated.length; i++) {
            if (repeated[i]) {
                return i;
            }
        }
        return -1;
    }

    /** The most levels of arrays and objects that were open at once. */
    public int deepest() {
        return deepest;
    }

    /** Whether letters, digits and {@code _} stand for themselves throughout, see {@link PlainText}. */
    public boolean plain() {
        return plain;
    }

    private void forget(int from) {
        origin = from;
        plain = true;
        current = -1;
        deepest = 0;
        root = JsonKind.ABSENT;
        Arrays.fill(kinds, JsonKind.ABSENT);
        Arrays.fill(repeated, false);
    }

    /** Reads a name and its colon; answers where the value starts. */
    private int key(byte[] a, int i, int to, int depth) throws JsonException {
        if (i >= to || a[i] != '"') {
            throw syntax(i, "a field name");
        }
        int end = string(a, i + 1, to);
        int value = space(a, end, to);
        if (value >= to || a[value] != ':') {
            throw syntax(value, "':'");
        }
        value = space(a, value + 1, to);
        if (depth == 1 && starts.length > 0) {
            note(a, i + 1, end - 1, value, to);
        }
        return value;
    }

    private void note(byte[] a, int from, int to, int value, int end) {
        int field = wanted.find(a, from, to);
        if (field < 0 && Swar.indexOf(a, from, to, '\\') < to) {
            byte[] plain = JsonText.string(a, from - 1, to + 1).getBytes(StandardCharsets.UTF_8);
            field = wanted.find(plain, 0, plain.length);
        }
        if (field >= 0) {
            repeated[field] |= kinds[field] != JsonKind.ABSENT;
            starts[field] = value;
            kinds[field] = value < end ? JsonKind.of(a[value]) : JsonKind.ABSENT;
        }
        current = field;
    }

    private int string(byte[] a, int i, int to) throws JsonException {
        while (true) {
            i = Swar.plainEnd(a, i, to);
            if (i >= to) {
                throw syntax(i, "'\"'");
            }
            int c = a[i];
            if (c == '"') {
                return i + 1;
            }
            if (c < 0) {
                int end = Utf8.skipNonAscii(a, i, to);
                if (end < 0) {
                    throw new JsonException(
                            Fault.ENCODING,
                            ~end - origin,
                            "not UTF-8 at byte " + (~end - origin) + " (expected: UTF-8)");
                }
                i = end;
            } else if (c == '\\') {
                i = escape(a, i + 1, to);
            } else {
                throw syntax(i, "no bare control character in a string");
            }
        }
    }

    private int escape(byte[] a, int i, int to) throws JsonException {
        int c = i < to ? a[i] : 0;
        return switch (c) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> i + 1;
            case 'u' -> {
                for (int j = i + 1; j < i + 5; j++) {
                    if (j >= to || Character.digit(a[j], 16) < 0) {
                        throw syntax(j, "four hex digits");
                    }
                }
                plain &= PlainText.letter(a, i + 1) == 0;
                yield i + 5;
            }
            default -> throw syntax(i, "an escape: one of \"\\/bfnrtu");
        };
    }

    private int number(byte[] a, int i, int to) throws JsonException {
        if (a[i] == '-') {
            i++;
        }
        if (i < to && a[i] == '0') {
            i++;
        } else {
            i = digits(a, i, to);
        }
        if (i < to && a[i] == '.') {
            i = digits(a, i + 1, to);
        }
        if (i < to && (a[i] | 0x20) == 'e') {
            i++;
            if (i < to && (a[i] == '+' || a[i] == '-')) {
                i++;
            }
            i = digits(a, i, to);
        }
        return i;
    }

    private int digits(byte[] a, int i, int to) throws JsonException {
        int start = i;
        while (i < to && a[i] >= '0' && a[i] <= '9') {
            i++;
        }
        if (i == start) {
            throw syntax(i, "a digit");
        }
        return i;
    }

    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private int literal(byte[] a, int i, int to, byte[] word) throws JsonException {
        for (int j = 1; j < word.length; j++) {
            if (i + j >= to || a[i + j] != word[j]) {
                throw syntax(i + j, "true, false or null");
            }
        }
        return i + word.length;
    }

    private static int space(byte[] a, int i, int to) {
        while (i < to && a[i] <= ' ' && (a[i] == ' ' || a[i] == '\n' || a[i] == '\r' || a[i] == '\t')) {
            i++;
        }
        return i;
    }

    private JsonException syntax(int i, String expected) {
        return new JsonException(
                Fault.SYNTAX, i - origin, "not JSON at byte " + (i - origin) + " (expected: " + expected + ")");
    }
}
