package dev.tidemill.wire.openai;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Finds what ties a request to one provider because it is stored there: files, containers, vector stores, skills, earlier items.
 *
 * <p>One pass over a validated part of the body looks for {@code _i} and {@code _r}, which are rare, and then at the whole word. A quote
 * inside a JSON string is escaped, so a name between bare quotes is a name, at some depth. Its value must be a string, or an array that
 * begins with one: in the schema of a tool, where the name may be a parameter's, it is an object.
 */
final class ForeignId {
    private static final FieldTable NAMES =
            FieldTable.of("file_id", "file_ids", "vector_store_ids", "container_id", "skill_id");
    private static final byte[] ITEM_REFERENCE = "item_reference".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TYPE = "type".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CONTAINER = "container".getBytes(StandardCharsets.US_ASCII);

    private static final int LONGEST = "vector_store_ids".length();
    private static final long UNDERSCORES = Swar.fill('_');
    private static final long I = Swar.fill('i');
    private static final long R = Swar.fill('r');

    private ForeignId() {}

    /** The first such name in {@code a[from, to)}; null: there is none. */
    static @Nullable String find(byte[] a, int from, int to) {
        int i = from;
        while (i <= to - 9) {
            long here = Swar.zeros(Swar.word(a, i) ^ UNDERSCORES);
            if (here == 0) {
                i += 8;
                continue;
            }
            long next = Swar.word(a, i + 1);
            long marks = here & (Swar.zeros(next ^ I) | Swar.zeros(next ^ R));
            for (; marks != 0; marks &= marks - 1) {
                String name = at(a, i + Swar.first(marks), from, to);
                if (name != null) {
                    return name;
                }
            }
            i += 8;
        }
        return null; // a name in the last eight bytes would have no value
    }

    /** Whether {@code tools} name a container that is there already, which is a string in place of an object. */
    static boolean inContainer(byte[] a, int from, int to) {
        for (int at = Swar.indexOfPair(a, from, to, '"', 'c');
                at < to;
                at = Swar.indexOfPair(a, at + 1, to, '"', 'c')) {
            int value = JsonWalk.valueOf(a, at, to, CONTAINER);
            if (value >= 0 && a[value] == '"') {
                return true;
            }
        }
        return false;
    }

    /** The word around the underscore at {@code at}, if it is one of ours. */
    private static @Nullable String at(byte[] a, int at, int from, int to) {
        if (at <= from) {
            return null;
        }
        int quote = at - 1;
        while (quote > from && at - quote <= LONGEST && a[quote] != '"') {
            quote--;
        }
        int end = Swar.indexOf(a, at, Math.min(to, at + LONGEST), '"');
        if (a[quote] != '"' || end >= to || a[end] != '"' || (quote > from && a[quote - 1] == '\\')) {
            return null;
        }
        if (JsonWalk.is(a, quote + 1, end, ITEM_REFERENCE)) {
            return isType(a, quote, from) ? "item_reference" : null;
        }
        int name = NAMES.find(a, quote + 1, end);
        if (name < 0) {
            return null;
        }
        int value = JsonWalk.afterColon(a, end + 1, to);
        if (value >= 0 && a[value] == '[') {
            value = JsonWalk.firstIn(a, value, to);
        }
        return value >= 0 && a[value] == '"' ? NAMES.name(name) : null;
    }

    /** Whether the string that opens at {@code quote} is the value of a field {@code "type"}. */
    private static boolean isType(byte[] a, int quote, int from) {
        int i = before(a, quote, from);
        if (i <= from || a[i] != ':') {
            return false;
        }
        int end = before(a, i, from);
        int name = end - TYPE.length - 1;
        return name >= from && JsonWalk.valueOf(a, name, quote + 1, TYPE) == quote;
    }

    /** The last byte before {@code i} that is not white space. */
    private static int before(byte[] a, int i, int from) {
        do {
            i--;
        } while (i > from && a[i] <= ' ' && a[i] >= 0);
        return i;
    }
}
