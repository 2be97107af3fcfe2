package dev.tidemill.wire.openai;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Finds what ties a request to one provider because it is stored there: files, containers, vector stores, skills, earlier items and
 * spoken answers, caches.
 *
 * <p>One pass over a validated part of the body stops at its quotes and looks at the letter behind each. A quote inside a JSON string is
 * escaped, so a name between bare quotes is a name, at some depth. Its value must be a string, or an array that begins with one: in the
 * schema of a tool, where the name may be a parameter's, it is an object.
 */
final class ForeignId {
    private static final byte[] FILE_ID = ascii("file_id");
    private static final byte[] FILE_IDS = ascii("file_ids");
    private static final byte[] VECTOR_STORE_IDS = ascii("vector_store_ids");
    private static final byte[] CONTAINER_ID = ascii("container_id");
    private static final byte[] SKILL_ID = ascii("skill_id");
    private static final byte[] ITEM_REFERENCE = ascii("\"item_reference\"");
    private static final byte[] TYPE = ascii("type");
    private static final byte[] CONTAINER = ascii("container");
    private static final byte[] ID = ascii("id");
    private static final byte[] AUDIO = ascii("audio");
    private static final byte[] ROLE = ascii("role");
    /** Moonshot's, of a message that stands for a stored beginning. */
    private static final byte[] CACHE = ascii("\"cache\"");
    /** DashScope's, in place of what a file says. */
    private static final byte[] FILE_TEXT = ascii("\"fileid:");

    private static final long QUOTES = Swar.fill('"');

    private ForeignId() {}

    /** The first such name in {@code a[from, to)}; null: there is none. */
    static @Nullable String find(byte[] a, int from, int to) {
        return find(a, from, to, false);
    }

    /** The same in the messages of a chat, which also name an earlier answer's sound, a file in place of a text, a cache. */
    static @Nullable String inMessages(byte[] a, int from, int to) {
        return find(a, from, to, true);
    }

    private static @Nullable String find(byte[] a, int from, int to, boolean chat) {
        int i = from;
        for (; i <= to - 16; i += 16) {
            long low = Swar.zeros(Swar.word(a, i) ^ QUOTES);
            long high = Swar.zeros(Swar.word(a, i + 8) ^ QUOTES);
            if ((low | high) == 0) {
                continue;
            }
            String name = among(a, i, low, from, to, chat);
            name = name == null ? among(a, i + 8, high, from, to, chat) : name;
            if (name != null) {
                return name;
            }
        }
        for (; i < to; i++) {
            String name = a[i] == '"' ? at(a, i, from, to, chat) : null;
            if (name != null) {
                return name;
            }
        }
        return null;
    }

    private static @Nullable String among(byte[] a, int at, long marks, int from, int to, boolean chat) {
        for (; marks != 0; marks &= marks - 1) {
            String name = at(a, at + Swar.first(marks), from, to, chat);
            if (name != null) {
                return name;
            }
        }
        return null;
    }

    /** What begins at this quote, if it is one of ours. */
    private static @Nullable String at(byte[] a, int quote, int from, int to, boolean chat) {
        return switch (quote + 1 < to ? a[quote + 1] : 0) {
            case 'f' ->
                holds(a, quote, to, FILE_ID)
                        ? "file_id"
                        : holds(a, quote, to, FILE_IDS)
                                ? "file_ids"
                                : chat && starts(a, quote, from, to, FILE_TEXT) && slash(a[quote + FILE_TEXT.length])
                                        ? "fileid://"
                                        : null;
            case 'v' -> holds(a, quote, to, VECTOR_STORE_IDS) ? "vector_store_ids" : null;
            case 's' -> holds(a, quote, to, SKILL_ID) ? "skill_id" : null;
            case 'i' ->
                starts(a, quote, from, to, ITEM_REFERENCE) && isValueOf(a, quote, from, TYPE) ? "item_reference" : null;
            case 'c' ->
                holds(a, quote, to, CONTAINER_ID)
                        ? "container_id"
                        : chat && starts(a, quote, from, to, CACHE) && isValueOf(a, quote, from, ROLE)
                                ? "role: cache"
                                : null;
            case 'a' -> chat && isStoredSound(a, quote, to) ? "audio.id" : null;
            default -> null;
        };
    }

    /** Whether a field of this name begins at the quote, and has a string or an array that begins with one. */
    private static boolean holds(byte[] a, int quote, int to, byte[] name) {
        int value = JsonWalk.valueOf(a, quote, to, name);
        if (value >= 0 && a[value] == '[') {
            value = JsonWalk.firstIn(a, value, to);
        }
        return value >= 0 && a[value] == '"';
    }

    private static boolean isStoredSound(byte[] a, int quote, int to) {
        int audio = JsonWalk.valueOf(a, quote, to, AUDIO);
        return audio >= 0 && a[audio] == '{' && hasId(a, audio, JsonWalk.valueEnd(a, audio, to));
    }

    private static boolean starts(byte[] a, int quote, int from, int to, byte[] text) {
        return quote + text.length < to
                && JsonWalk.is(a, quote, quote + text.length, text)
                && (quote == from || a[quote - 1] != '\\');
    }

    /** Which may be escaped. */
    private static boolean slash(byte b) {
        return b == '/' || b == '\\';
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

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
