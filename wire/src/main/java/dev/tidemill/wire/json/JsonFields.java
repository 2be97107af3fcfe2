package dev.tidemill.wire.json;

import java.nio.charset.StandardCharsets;

/**
 * Steps through the fields of an object in JSON that is believed to be sound. Loop: {@link #next} until it answers false;
 * the accessors tell of the field at which it stands. Names are compared as written: one with escapes is another.
 */
public final class JsonFields {
    private final byte[] a;
    private final int to;
    private int name;
    private int nameEnd;
    private int value;
    private int end;
    private boolean first = true;
    private boolean broken;

    /** Of the object that opens at {@code a[from]} and ends before {@code to}. */
    public JsonFields(byte[] a, int from, int to) {
        this.a = a;
        this.to = to;
        this.name = from;
        broken = from < 0 || from >= to || a[from] != '{';
    }

    /** Goes to the next field; false: there is none, or the object is {@link #broken}. */
    public boolean next() {
        if (broken) {
            return false;
        }
        name = first ? JsonWalk.firstIn(a, name, to) : JsonWalk.next(a, end, to);
        first = false;
        if (name < 0) {
            return false;
        }
        nameEnd = a[name] == '"' ? JsonWalk.stringEnd(a, name + 1, to) : -1;
        value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, to);
        end = value < 0 ? -1 : JsonWalk.valueEnd(a, value, to);
        broken = end < 0;
        return !broken;
    }

    /** Whether something was met that is no field. */
    public boolean broken() {
        return broken;
    }

    public boolean is(byte[] wanted) {
        return JsonWalk.is(a, name + 1, nameEnd - 1, wanted);
    }

    /** The number of the field's name in a table, or -1. */
    public int in(FieldTable names) {
        return names.find(a, name + 1, nameEnd - 1);
    }

    /** Where the value starts; with the quote, when it is a string. */
    public int from() {
        return value;
    }

    /** Behind the value. */
    public int to() {
        return end;
    }

    public JsonKind kind() {
        return JsonKind.of(a[value]);
    }

    /** Whether the value is a string, array or object with something in it. */
    public boolean filled() {
        return JsonWalk.filled(a, value, end);
    }

    /** Whether the value is a string that is in the table, as written. */
    public boolean holds(FieldTable words) {
        return a[value] == '"' && words.find(a, value + 1, end - 1) >= 0;
    }

    /** Whether the value is this string, as written. */
    public boolean holds(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return a[value] == '"' && JsonWalk.is(a, value + 1, end - 1, bytes);
    }
}
