package dev.tidemill.wire.openai;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Finds what ties a request to one provider because it is stored there: files, containers, vector stores, skills, earlier items and
 * spoken answers, caches.
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
    private static final byte[] ID = "id".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] AUDIO = "audio".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ROLE = "role".getBytes(StandardCharsets.US_ASCII);
    /** Moonshot's, of a message that stands for a stored beginning. */
    private static final byte[] CACHE = "\"cache\"".getBytes(StandardCharsets.US_ASCII);
    /** DashScope's, in place of what a file says. */
    private static final byte[] FILE_TEXT = "\"fileid:".getBytes(StandardCharsets.US_ASCII);

    private static final int LONGEST = "vector_store_ids".length();
    private static final long UNDERSCORES = Swar.fill('_');
    private static final long I = Swar.fill('i');
    private static final long R = Swar.fill('r');
    private static final long QUOTES = Swar.fill('"');
    private static final long A = Swar.fill('a');
    private static final long C = Swar.fill('c');
    private static final long F = Swar.fill('f');

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

    /** What the messages of a chat name beside files by their id: an earlier answer's sound, a file in place of a text, a cache. */
    static @Nullable String inMessages(byte[] a, int from, int to) {
        for (int i = from; i <= to - 9; i += 8) {
            long quotes = Swar.zeros(Swar.word(a, i) ^ QUOTES);
            if (quotes == 0) {
                continue;
            }
            long next = Swar.word(a, i + 1);
            long marks = quotes & (Swar.zeros(next ^ A) | Swar.zeros(next ^ C) | Swar.zeros(next ^ F));
            for (; marks != 0; marks &= marks - 1) {
                String name = inMessage(a, i + Swar.first(marks), from, to);
                if (name != null) {
                    return name;
                }
            }
        }
        return null;
    }

    private static @Nullable String inMessage(byte[] a, int quote, int from, int to) {
        int audio = JsonWalk.valueOf(a, quote, to, AUDIO);
        if (audio >= 0) {
            return a[audio] == '{' && hasId(a, audio, JsonWalk.valueEnd(a, audio, to)) ? "audio.id" : null;
        }
        if (quote > from && a[quote - 1] == '\\') {
            return null;
        }
        if (starts(a, quote, to, FILE_TEXT)) {
            byte slash = a[quote + FILE_TEXT.length]; // which may be escaped
            return slash == '/' || slash == '\\' ? "fileid://" : null;
        }
        return starts(a, quote, to, CACHE) && isValueOf(a, quote, from, ROLE) ? "role: cache" : null;
    }

    private static boolean starts(byte[] a, int at, int to, byte[] text) {
        return at + text.length < to && JsonWalk.is(a, at, at + text.length, text);
    }

    /** Whether {@code tools} name a container that is there already, which is a string in place of an object. */
    static boolean inContainer(byte[] a, int from, int to) {
        return hasText(a, from, to, CONTAINER);
    }

    /** Whether anything in it has an {@code id}. */
    static boolean hasId(byte[] a, int from, int to) {
        return hasText(a, from, to, ID);
    }

    private static boolean hasText(byte[] a, int from, int to, byte[] name) {
        for (int at = Swar.indexOfPair(a, from, to, '"', name[0]);
                at < to;
                at = Swar.indexOfPair(a, at + 1, to, '"', name[0])) {
            int value = JsonWalk.valueOf(a, at, to, name);
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
            return isValueOf(a, quote, from, TYPE) ? "item_reference" : null;
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

    /** Whether the string that opens at {@code quote} is the value of a field of this name. */
    private static boolean isValueOf(byte[] a, int quote, int from, byte[] field) {
        int i = before(a, quote, from);
        if (i <= from || a[i] != ':') {
            return false;
        }
        int end = before(a, i, from);
        int name = end - field.length - 1;
        return name >= from && JsonWalk.valueOf(a, name, quote + 1, field) == quote;
    }

    /** The last byte before {@code i} that is not white space. */
    private static int before(byte[] a, int i, int from) {
        do {
            i--;
        } while (i > from && a[i] <= ' ' && a[i] >= 0);
        return i;
    }
}
