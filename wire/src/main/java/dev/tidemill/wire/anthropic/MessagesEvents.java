package dev.tidemill.wire.anthropic;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;

/**
 * Says what an event of a Messages stream is, by the {@code type} in its data; the name in the {@code event:} line is
 * only a hint, and some layers leave it out. Anthropic writes the type first, so that it is found without a walk.
 */
final class MessagesEvents {
    static final int BROKEN = -2;
    static final int UNKNOWN = -1;
    static final int BLOCK_DELTA = 0;
    static final int BLOCK_START = 1;
    static final int BLOCK_STOP = 2;
    static final int MESSAGE_START = 3;
    static final int MESSAGE_DELTA = 4;
    static final int MESSAGE_STOP = 5;
    static final int PING = 6;
    static final int ERROR = 7;
    private static final FieldTable KINDS = FieldTable.of(
            "content_block_delta",
            "content_block_start",
            "content_block_stop",
            "message_start",
            "message_delta",
            "message_stop",
            "ping",
            "error");

    /** Beside the bits of {@link Meaning}: text that a person sees. */
    static final int VISIBLE = 1 << 16;
    /** Beside the bits of {@link Meaning}: the start of something that may be long in the making. */
    static final int SILENT = 1 << 17;

    private static final long TYPE_FIRST = Swar.word(ascii("{\"type\":"), 0);
    static final byte[] MESSAGE = ascii("message");
    private static final byte[] TYPE = ascii("type");
    private static final byte[] ERROR_NAME = ascii("error");
    private static final byte[] DELTA = ascii("delta");
    private static final byte[] CONTENT_BLOCK = ascii("content_block");
    private static final byte[] TEXT_DELTA = ascii("\"text_delta\"");
    private static final byte[] STOP_REASON = ascii("stop_reason");

    private static final int TEXT = 0;
    /** Blocks that begin without content; of all others the start is content. A fallback only tells another model. */
    private static final FieldTable EMPTY_BLOCKS = FieldTable.of("text", "thinking", "compaction", "fallback");

    private static final FieldTable BLOCK_CONTENT = FieldTable.of("text", "thinking", "content", "signature");

    private MessagesEvents() {}

    /** The kind of the event whose data is the object {@code a[from, to)}; an error also when it has only the field. */
    static int kind(byte[] a, int from, int to) {
        if (to - from > 9 && Swar.word(a, from) == TYPE_FIRST && a[from + 8] == '"') {
            return KINDS.find(a, from + 9, Swar.quoteOrBackslash(a, from + 9, to));
        }
        int kind = UNKNOWN;
        int name = JsonWalk.firstIn(a, from, to);
        while (name >= 0) {
            int nameEnd = a[name] == '"' ? JsonWalk.stringEnd(a, name + 1, to) : -1;
            int value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, to);
            int end = value < 0 ? -1 : JsonWalk.valueEnd(a, value, to);
            if (end < 0) {
                return BROKEN;
            }
            if (JsonWalk.is(a, name + 1, nameEnd - 1, TYPE) && a[value] == '"') {
                int known = KINDS.find(a, value + 1, end - 1);
                if (known >= 0) {
                    return known;
                }
            } else if (JsonWalk.is(a, name + 1, nameEnd - 1, ERROR_NAME) && !JsonWalk.isNull(a, value, end)) {
                kind = ERROR;
            }
            name = JsonWalk.next(a, end, to);
        }
        return kind;
    }

    /** Of a {@link #BLOCK_DELTA}: content, when any of its fields but the type has something in it. */
    static int delta(byte[] a, int from, int to) {
        int delta = JsonWalk.member(a, from, to, DELTA);
        int deltaEnd = delta < 0 || a[delta] != '{' ? -1 : JsonWalk.valueEnd(a, delta, to);
        if (deltaEnd < 0) {
            return Meaning.BAD;
        }
        int flags = 0;
        boolean text = false;
        int name = JsonWalk.firstIn(a, delta, deltaEnd);
        while (name >= 0) {
            int nameEnd = a[name] == '"' ? JsonWalk.stringEnd(a, name + 1, deltaEnd) : -1;
            int value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, deltaEnd);
            int end = value < 0 ? -1 : JsonWalk.valueEnd(a, value, deltaEnd);
            if (end < 0) {
                return Meaning.BAD;
            }
            if (JsonWalk.is(a, name + 1, nameEnd - 1, TYPE)) {
                text = JsonWalk.is(a, value, end, TEXT_DELTA);
            } else if (JsonWalk.filled(a, value, end)) {
                flags = Meaning.CONTENT;
            }
            name = JsonWalk.next(a, end, deltaEnd);
        }
        return text && flags != 0 ? flags | VISIBLE : flags;
    }

    /** Of a {@link #BLOCK_START}. */
    static int blockStart(byte[] a, int from, int to) {
        int block = JsonWalk.member(a, from, to, CONTENT_BLOCK);
        int blockEnd = block < 0 || a[block] != '{' ? -1 : JsonWalk.valueEnd(a, block, to);
        if (blockEnd < 0) {
            return Meaning.BAD;
        }
        int type = -1;
        boolean filled = false;
        int name = JsonWalk.firstIn(a, block, blockEnd);
        while (name >= 0) {
            int nameEnd = a[name] == '"' ? JsonWalk.stringEnd(a, name + 1, blockEnd) : -1;
            int value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, blockEnd);
            int end = value < 0 ? -1 : JsonWalk.valueEnd(a, value, blockEnd);
            if (end < 0) {
                return Meaning.BAD;
            }
            if (JsonWalk.is(a, name + 1, nameEnd - 1, TYPE) && a[value] == '"') {
                type = EMPTY_BLOCKS.find(a, value + 1, end - 1);
            } else if (BLOCK_CONTENT.find(a, name + 1, nameEnd - 1) >= 0) {
                filled |= JsonWalk.filled(a, value, end);
            }
            name = JsonWalk.next(a, end, blockEnd);
        }
        int flags = filled || type < 0 ? Meaning.CONTENT : 0;
        return type != TEXT ? flags | SILENT : filled ? flags | VISIBLE : flags;
    }

    /** Whether a {@link #MESSAGE_DELTA} tells why the answer ends. */
    static boolean finishes(byte[] a, int from, int to) {
        int delta = JsonWalk.member(a, from, to, DELTA);
        int reason = delta < 0 || a[delta] != '{' ? -1 : JsonWalk.member(a, delta, to, STOP_REASON);
        return reason >= 0 && a[reason] == '"' && reason + 1 < to && a[reason + 1] != '"';
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
