package dev.tidemill.wire.openai;

import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonWalk;

/**
 * Where the wanted fields of an object have their values: of its top level only, in JSON that is believed to be sound. Used over and over by
 * one thread; allocates nothing. All positions are indices into the array read.
 */
final class TopFields {
    private final FieldTable wanted;
    private final int[] starts;
    private final int[] ends;
    private int found;
    private int open;

    /** @param wanted at most 31 */
    TopFields(FieldTable wanted) {
        this.wanted = wanted;
        this.starts = new int[wanted.size()];
        this.ends = new int[wanted.size()];
    }

    /**
     * Reads the object in {@code a[from, to)}, with white space around it.
     *
     * @return false: there is no object, or it is broken
     */
    boolean read(byte[] a, int from, int to) {
        found = 0;
        int start = JsonWalk.space(a, from, to);
        int end = JsonWalk.trimEnd(a, start, to);
        if (start == end || a[start] != '{' || a[end - 1] != '}') {
            return false;
        }
        open = start;
        int name = JsonWalk.firstIn(a, start, end);
        while (name >= 0) {
            int nameEnd = a[name] == '"' ? JsonWalk.stringEnd(a, name + 1, end) : -1;
            int value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, end);
            int valueEnd = value < 0 ? -1 : JsonWalk.valueEnd(a, value, end);
            if (valueEnd < 0) {
                return false;
            }
            int field = wanted.find(a, name + 1, nameEnd - 1);
            if (field >= 0) {
                starts[field] = value;
                ends[field] = valueEnd;
                found |= 1 << field;
            }
            name = JsonWalk.next(a, valueEnd, end);
        }
        return true;
    }

    /** Where the object opens. */
    int open() {
        return open;
    }

    /** Whether the field stands there, be it null. */
    boolean has(int field) {
        return (found & 1 << field) != 0;
    }

    /** Where the value of a field that {@linkplain #has is there} starts. */
    int from(int field) {
        return starts[field];
    }

    int to(int field) {
        return ends[field];
    }

    JsonKind kind(byte[] a, int field) {
        return has(field) ? JsonKind.of(a[starts[field]]) : JsonKind.ABSENT;
    }
}
