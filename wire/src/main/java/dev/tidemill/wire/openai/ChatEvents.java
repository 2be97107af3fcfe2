package dev.tidemill.wire.openai;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.dialect.RequestFields;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonSyntax;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * Says what an event of a Chat Completions stream (or of the older Completions) means to a relay.
 *
 * <p><b>Before the commit</b> the event is walked field by field, because whether it holds content decides whether the exchange may still be
 * retried. Content is text, reasoning, refusal, tool calls, audio and images; a role, empty or null deltas and filter results are not.
 *
 * <p><b>After the commit</b> only finish, usage, error and {@code [DONE]} matter, and they are searched for without a walk. The search is
 * exact: every quote inside a JSON string is escaped, so the bytes {@code "usage":} whose first quote is not itself escaped can only be a
 * name, at some depth; a look at the value says the rest. All names are looked for in one pass, by the pairs {@code "b}, {@code "e}, {@code "f},
 * {@code "r}, {@code "t} and {@code "u}; {@code "error"} that is no name is a value, perhaps of {@code "object"}, with which no server ends its event. An event that seems to hold usage or an error is rare,
 * and is walked after all.
 *
 * <p><b>Silence.</b> Whether reasoning or arguments come, so that a long silence is usual, is a state that only their first event and the first
 * visible text behind them change. {@link #SILENT} says cheaply that an event may hold them; where it says something new, the event is walked.
 */
public final class ChatEvents {
    private static final int HAS_CHOICES = 1 << 30;
    /** Holds reasoning or arguments, and perhaps visible text. */
    static final int SILENT = 1 << 29;

    private static final int VISIBLE = 1 << 28;

    private static final int PUBLIC = 127;

    private static final int TOP = 0;
    private static final int CHOICE = 1;
    private static final int DELTA = 2;

    private static final byte[] DONE_TEXT = ascii("[DONE]");
    private static final byte[] CHOICES = ascii("choices");
    private static final byte[] USAGE_NAME = ascii("usage");
    private static final byte[] ERROR_NAME = ascii("error");
    private static final byte[] OBJECT = ascii("object");
    private static final byte[] ERROR_VALUE = ascii("\"error\"");
    private static final byte[] X_GROQ = ascii("x_groq");
    private static final byte[] BASE_RESP = ascii("base_resp");
    private static final byte[] STATUS_CODE = ascii("status_code");
    private static final byte[] TYPE = ascii("type");
    private static final byte[] THINKING = ascii("\"thinking\"");
    private static final byte[] DELTA_NAME = ascii("delta");
    private static final byte[] MESSAGE = ascii("message");
    private static final byte[] TEXT = ascii("text");
    private static final byte[] FINISH_REASON = ascii("finish_reason");
    /** The first of {@link #CONTENT_NAMES} are what a person sees. */
    private static final int VISIBLE_NAMES = 2;
    /** Those from here on are neither read nor waited for. */
    private static final int MEDIA_NAMES = 7;

    private static final byte[][] CONTENT_NAMES = {
        ascii("content"),
        ascii("refusal"),
        ascii("reasoning_content"),
        ascii("reasoning"),
        ascii("tool_calls"),
        ascii("function_call"),
        ascii("reasoning_details"),
        ascii("audio"),
        ascii("images"),
    };

    private static final long QUOTES = Swar.fill('"');
    private static final long NOT_BITS_0_AND_4 = Swar.fill(0xEE);
    private static final long D_E_T_OR_U = Swar.fill('d');
    private static final long NOT_BITS_2_AND_4 = Swar.fill(0xEB);
    private static final long B_F_R_OR_V = Swar.fill('b');
    /** What follows the quote, as words. */
    private static final long BASE_RES = Swar.word(ascii("base_res"), 0);

    private static final long FINISH_R = Swar.word(ascii("finish_r"), 0);

    /** With which reasoning, tool calls, the older function call and typed parts begin. */
    private static final long REASONIN = Swar.word(ascii("reasonin"), 0);

    private static final long TOOL_CAL = Swar.word(ascii("tool_cal"), 0);
    private static final long FUNCTION = Swar.word(ascii("function"), 0);
    private static final long THINKING_WORD = Swar.word(ascii("thinking"), 0);

    private static final long USAGE_NULL = Swar.word(ascii("usage\":n"), 0);
    private static final long SIX_BYTES = (1L << 48) - 1;
    private static final long USAGE_QUOTE = USAGE_NULL & SIX_BYTES;
    private static final long ERROR_QUOTE = Swar.word(ascii("error\"  "), 0) & SIX_BYTES;

    private ChatEvents() {}

    /**
     * The flags of the event whose data is {@code a[from, to)}.
     *
     * @param committed whether content was seen before, so that {@link Meaning#CONTENT} is no longer of interest
     */
    public static int classify(byte[] a, int from, int to, boolean committed) {
        return look(a, from, to, committed) & PUBLIC;
    }

    /** The same, and {@link #SILENT}. */
    static int look(byte[] a, int from, int to, boolean committed) {
        int start = JsonWalk.space(a, from, to);
        int end = JsonWalk.trimEnd(a, start, to);
        if (start == end) {
            return Meaning.BAD;
        }
        if (!JsonSyntax.isObject(a, start, end)) {
            return JsonWalk.is(a, start, end, DONE_TEXT) ? Meaning.LAST : Meaning.BAD;
        }
        return (committed ? search(a, start, end) : walk(a, start, end)) & (PUBLIC | SILENT);
    }

    private static int search(byte[] a, int from, int to) {
        int flags = 0;
        // The shortest hit is "error":1} and ten bytes long: nothing that starts later can be one.
        for (int i = from; i <= to - 9; i += 8) {
            long next = Swar.word(a, i + 1);
            long marks = Swar.zeros(Swar.word(a, i) ^ QUOTES)
                    & (Swar.zeros((next & NOT_BITS_0_AND_4) ^ D_E_T_OR_U)
                            | Swar.zeros((next & NOT_BITS_2_AND_4) ^ B_F_R_OR_V));
            for (; marks != 0; marks &= marks - 1) {
                int at = i + Swar.first(marks);
                if (at > to - 10) {
                    return flags;
                }
                long name = Swar.word(a, at + 1);
                if (name == FINISH_R) {
                    int value = JsonWalk.valueOf(a, at, to, FINISH_REASON);
                    if (value >= 0 && finishes(a, value, to)) {
                        if (a[value + 1] == 'e') {
                            return walk(a, from, to); // an error, as OpenRouter tells it
                        }
                        flags |= Meaning.FINISH;
                    }
                } else if ((name & SIX_BYTES) == USAGE_QUOTE && name != USAGE_NULL) {
                    int value = JsonWalk.valueOf(a, at, to, USAGE_NAME);
                    if (value >= 0 && a[value] == '{') {
                        return walk(a, from, to);
                    }
                } else if ((name & SIX_BYTES) == ERROR_QUOTE) {
                    int value = JsonWalk.valueOf(a, at, to, ERROR_NAME);
                    if (value < 0 || !JsonWalk.isNull(a, value, to)) {
                        return walk(a, from, to);
                    }
                } else if (name == BASE_RES) {
                    int value = JsonWalk.valueOf(a, at, to, BASE_RESP);
                    if (value >= 0 && a[value] == '{' && refused(a, value, to)) {
                        return walk(a, from, to);
                    }
                } else if (name == REASONIN || name == TOOL_CAL || name == FUNCTION || name == THINKING_WORD) {
                    flags |= name == THINKING_WORD || isFilled(a, at, to) ? SILENT : 0;
                }
            }
        }
        return flags;
    }

    /** Whether the name that opens at the quote has a value with something in it. */
    private static boolean isFilled(byte[] a, int quote, int to) {
        int nameEnd = JsonWalk.stringEnd(a, quote + 1, to);
        int value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, to);
        return value >= 0
                && value + 1 < to
                && switch (a[value]) {
                    case '"' -> a[value + 1] != '"';
                    case '[' -> a[value + 1] != ']';
                    default -> a[value] == '{';
                };
    }

    private static int walk(byte[] a, int from, int to) {
        int flags = object(a, from, to, TOP);
        if ((flags & (Meaning.USAGE | HAS_CHOICES | Meaning.ERROR)) == Meaning.USAGE) {
            flags |= Meaning.USAGE_ONLY;
        }
        return flags;
    }

    /**
     * Whether a long silence after the event is usual: it holds tool arguments or reasoning and no visible text; or neither, and it was usual
     * before. Not for the hot path.
     */
    static boolean silent(byte[] a, int from, int to, boolean before) {
        int start = JsonWalk.space(a, from, to);
        int flags = start < to && a[start] == '{' ? walk(a, start, to) : 0;
        return (flags & VISIBLE) == 0 && (before || (flags & SILENT) != 0);
    }

    /** Adds the indices of the choices that this event finishes; one without an index is the first. Not for the hot path. */
    static void finished(byte[] a, int from, int to, BitSet indices) {
        TopFields event = new TopFields(FieldTable.of("choices"));
        if (!event.read(a, from, to) || event.kind(a, 0) != JsonKind.ARRAY) {
            return;
        }
        TopFields choice = new TopFields(FieldTable.of("index", "finish_reason"));
        int element = JsonWalk.firstIn(a, event.from(0), event.to(0));
        while (element >= 0) {
            int end = JsonWalk.valueEnd(a, element, event.to(0));
            if (end < 0) {
                return;
            }
            if (choice.read(a, element, end) && choice.has(1) && finishes(a, choice.from(1), choice.to(1))) {
                int index = choice.has(0) ? JsonText.wholeNumber(a, choice.from(0), choice.to(0), -1) : 0;
                if (index >= 0 && index < RequestFields.MAX_CHOICES) {
                    indices.set(index);
                }
            }
            element = JsonWalk.next(a, end, event.to(0));
        }
    }

    private static int object(byte[] a, int from, int to, int level) {
        int flags = 0;
        int name = JsonWalk.firstIn(a, from, to);
        while (name >= 0) {
            int nameEnd = a[name] == '"' ? JsonWalk.stringEnd(a, name + 1, to) : -1;
            int value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, to);
            int end = value < 0 ? -1 : JsonWalk.valueEnd(a, value, to);
            if (end < 0) {
                return flags | Meaning.BAD;
            }
            flags |= switch (level) {
                case TOP -> top(a, name + 1, nameEnd - 1, value, end);
                case CHOICE -> choice(a, name + 1, nameEnd - 1, value, end);
                default -> delta(a, name + 1, nameEnd - 1, value, end);
            };
            name = JsonWalk.next(a, end, to);
        }
        return flags;
    }

    private static int top(byte[] a, int name, int nameEnd, int value, int end) {
        if (JsonWalk.is(a, name, nameEnd, CHOICES)) {
            return a[value] == '[' ? choices(a, value, end) : 0;
        }
        if (JsonWalk.is(a, name, nameEnd, USAGE_NAME)) {
            return a[value] == '{' ? Meaning.USAGE : 0;
        }
        if (JsonWalk.is(a, name, nameEnd, ERROR_NAME)) {
            return JsonWalk.isNull(a, value, end) ? 0 : Meaning.ERROR;
        }
        if (JsonWalk.is(a, name, nameEnd, OBJECT)) { // how older vLLM servers mark an error
            return JsonWalk.is(a, value, end, ERROR_VALUE) ? Meaning.ERROR : 0;
        }
        if (JsonWalk.is(a, name, nameEnd, BASE_RESP)) {
            return a[value] == '{' && refused(a, value, end) ? Meaning.ERROR : 0;
        }
        if (JsonWalk.is(a, name, nameEnd, X_GROQ)) { // once the only place of Groq's usage
            return OpenAiUsage.find(a, value, end) >= 0 ? Meaning.USAGE : 0;
        }
        return 0;
    }

    private static int choices(byte[] a, int from, int to) {
        int flags = 0;
        int element = JsonWalk.firstIn(a, from, to);
        while (element >= 0) {
            int end = JsonWalk.valueEnd(a, element, to);
            if (end < 0) {
                return flags | Meaning.BAD;
            }
            flags |= HAS_CHOICES | (a[element] == '{' ? object(a, element, end, CHOICE) : Meaning.BAD);
            element = JsonWalk.next(a, end, to);
        }
        return flags;
    }

    private static int choice(byte[] a, int name, int nameEnd, int value, int end) {
        if (JsonWalk.is(a, name, nameEnd, DELTA_NAME) || JsonWalk.is(a, name, nameEnd, MESSAGE)) {
            return a[value] == '{' ? object(a, value, end, DELTA) : 0;
        }
        if (JsonWalk.is(a, name, nameEnd, FINISH_REASON)) {
            return !finishes(a, value, end)
                    ? 0
                    : JsonWalk.is(a, value, end, ERROR_VALUE) ? Meaning.FINISH | Meaning.ERROR : Meaning.FINISH;
        }
        if (JsonWalk.is(a, name, nameEnd, TEXT)) {
            return JsonWalk.filled(a, value, end) ? Meaning.CONTENT : 0;
        }
        return 0;
    }

    private static int delta(byte[] a, int name, int nameEnd, int value, int end) {
        for (int i = 0; i < CONTENT_NAMES.length; i++) {
            if (JsonWalk.is(a, name, nameEnd, CONTENT_NAMES[i])) {
                if (!JsonWalk.filled(a, value, end)) {
                    return 0;
                }
                return Meaning.CONTENT
                        | (i < VISIBLE_NAMES && !thinks(a, value, end) ? VISIBLE : i < MEDIA_NAMES ? SILENT : 0);
            }
        }
        return 0;
    }

    /** Content in typed parts that begins with thinking, as Mistral's reasoning models send it. */
    private static boolean thinks(byte[] a, int value, int end) {
        int part = a[value] == '[' ? JsonWalk.firstIn(a, value, end) : -1;
        int name = part < 0 || a[part] != '{' ? -1 : JsonWalk.firstIn(a, part, end);
        int type = name < 0 ? -1 : JsonWalk.valueOf(a, name, end, TYPE);
        return type >= 0 && type + THINKING.length <= end && JsonWalk.is(a, type, type + THINKING.length, THINKING);
    }

    /** Whether MiniMax says here that it refused: beside every answer, with a code that is 0 when all is well. */
    private static boolean refused(byte[] a, int from, int to) {
        for (int name = JsonWalk.firstIn(a, from, to); name >= 0; ) {
            int code = JsonWalk.valueOf(a, name, to, STATUS_CODE);
            if (code >= 0) {
                return a[code] >= '1' && a[code] <= '9';
            }
            int nameEnd = a[name] == '"' ? JsonWalk.stringEnd(a, name + 1, to) : -1;
            int value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, to);
            int end = value < 0 ? -1 : JsonWalk.valueEnd(a, value, to);
            name = end < 0 ? -1 : JsonWalk.next(a, end, to);
        }
        return false;
    }

    /** A finish reason that is neither null nor the empty string some servers send instead. */
    private static boolean finishes(byte[] a, int value, int to) {
        return a[value] == '"' && value + 1 < to && a[value + 1] != '"';
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
