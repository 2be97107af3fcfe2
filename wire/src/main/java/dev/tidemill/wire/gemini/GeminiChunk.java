package dev.tidemill.wire.gemini;

import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.dialect.RequestFields;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * Reads the chunks of a stream, each a whole {@code GenerateContentResponse}, and keeps what has to be remembered of
 * them: which candidates have finished, whether the prompt was blocked, the usage, and whether what came last was
 * something a person sees. A chunk is walked once, and entirely: there are few, and what
 * matters may stand at any depth. Used by one thread.
 */
final class GeminiChunk {
    private static final int TOP = 0;
    private static final int CANDIDATE = 1;
    private static final int CONTENT = 2;
    private static final int PART = 3;

    private static final byte[] CANDIDATES = ascii("candidates");
    private static final byte[] USAGE = ascii("usageMetadata");
    private static final byte[] FEEDBACK = ascii("promptFeedback");
    private static final byte[] ERROR = ascii("error");
    private static final byte[] CONTENT_NAME = ascii("content");
    private static final byte[] FINISH_REASON = ascii("finishReason");
    private static final byte[] INDEX = ascii("index");
    private static final byte[] PARTS = ascii("parts");
    private static final byte[] TEXT = ascii("text");
    private static final byte[] THOUGHT = ascii("thought");
    private static final byte[] TRUE = ascii("true");
    private static final byte[] BLOCK_REASON = ascii("blockReason");
    /** The zero of the enumeration: some chunks have it where none is meant. */
    private static final byte[] UNSPECIFIED = ascii("\"FINISH_REASON_UNSPECIFIED\"");

    private final GeminiUsage usage = new GeminiUsage();
    private final BitSet finished = new BitSet(RequestFields.MAX_CHOICES);
    private boolean blocked;
    private boolean silent;

    /** Of the chunk that is read. */
    private int flags;

    private boolean candidates;
    private boolean refused;
    /** Of the candidate that is read. */
    private boolean finish;

    private int index;
    /** Of the part that is read. */
    private boolean text;

    private boolean thought;
    private boolean object;

    /** The meaning of the chunk {@code a[from, to)}, an object that can be read. */
    int read(byte[] a, int from, int to) {
        flags = 0;
        candidates = false;
        refused = false;
        if (JsonWalk.firstIn(a, from, to) < 0) {
            return Meaning.PING;
        }
        if (object(a, from, to, TOP) < 0) {
            return flags | Meaning.BAD;
        }
        if (refused && !candidates) {
            blocked = true;
            flags |= Meaning.FINISH;
        }
        return flags;
    }

    GeminiUsage usage() {
        return usage;
    }

    /** Whether so many candidates have finished, or none will come. */
    boolean finished(int choices) {
        return blocked || finished.cardinality() >= choices;
    }

    /** Whether the last part with something in it was no text that a person sees. */
    boolean silent() {
        return silent;
    }

    private static boolean blocks(byte[] a, int from, int to) {
        int reason = JsonWalk.member(a, from, to, BLOCK_REASON);
        return reason >= 0 && a[reason] == '"' && a[reason + 1] != '"';
    }

    /** Reads the object that opens at {@code i}; answers the position behind it, -1 when it is broken. */
    private int object(byte[] a, int i, int to, int level) {
        int end = JsonWalk.space(a, i + 1, to);
        int name = JsonWalk.firstIn(a, i, to);
        while (name >= 0) {
            int nameEnd = a[name] == '"' ? JsonWalk.stringEnd(a, name + 1, to) : -1;
            int value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, to);
            end = value < 0
                    ? -1
                    : switch (level) {
                        case TOP -> top(a, name + 1, nameEnd - 1, value, to);
                        case CANDIDATE -> candidate(a, name + 1, nameEnd - 1, value, to);
                        case CONTENT -> content(a, name + 1, nameEnd - 1, value, to);
                        default -> part(a, name + 1, nameEnd - 1, value, to);
                    };
            if (end < 0) {
                return -1;
            }
            name = JsonWalk.next(a, end, to);
            end = name < 0 ? JsonWalk.space(a, end, to) : end;
        }
        return end < to && a[end] == '}' ? end + 1 : -1;
    }

    /** Reads the array of such objects that opens at {@code i}. */
    private int array(byte[] a, int i, int to, int level) {
        int end = JsonWalk.space(a, i + 1, to);
        int element = JsonWalk.firstIn(a, i, to);
        while (element >= 0) {
            end = a[element] != '{' ? -1 : level == CANDIDATE ? candidate(a, element, to) : part(a, element, to);
            if (end < 0) {
                return -1;
            }
            element = JsonWalk.next(a, end, to);
            end = element < 0 ? JsonWalk.space(a, end, to) : end;
        }
        return end < to && a[end] == ']' ? end + 1 : -1;
    }

    private int top(byte[] a, int name, int nameEnd, int value, int to) {
        if (a[value] == '[' && JsonWalk.is(a, name, nameEnd, CANDIDATES)) {
            return array(a, value, to, CANDIDATE);
        }
        int end = JsonWalk.valueEnd(a, value, to);
        if (end < 0) {
            return -1;
        }
        if (a[value] == '{' && JsonWalk.is(a, name, nameEnd, USAGE)) {
            flags |= usage.take(a, value, end) ? Meaning.USAGE : 0;
        } else if (a[value] == '{' && JsonWalk.is(a, name, nameEnd, FEEDBACK)) {
            refused = blocks(a, value, end);
        } else if (JsonWalk.is(a, name, nameEnd, ERROR)) {
            flags |= JsonWalk.isNull(a, value, end) ? 0 : Meaning.ERROR;
        }
        return end;
    }

    private int candidate(byte[] a, int i, int to) {
        candidates = true;
        finish = false;
        index = 0; // left out where it is 0
        int end = object(a, i, to, CANDIDATE);
        if (finish && end >= 0) {
            finished.set(Math.clamp(index, 0, RequestFields.MAX_CHOICES - 1));
            flags |= Meaning.FINISH;
        }
        return end;
    }

    private int candidate(byte[] a, int name, int nameEnd, int value, int to) {
        if (a[value] == '{' && JsonWalk.is(a, name, nameEnd, CONTENT_NAME)) {
            return object(a, value, to, CONTENT);
        }
        int end = JsonWalk.valueEnd(a, value, to);
        if (end < 0) {
            return -1;
        }
        if (JsonWalk.is(a, name, nameEnd, FINISH_REASON)) {
            finish = a[value] == '"' && end - value > 2 && !JsonWalk.is(a, value, end, UNSPECIFIED);
        } else if (JsonWalk.is(a, name, nameEnd, INDEX)) {
            index = JsonText.wholeNumber(a, value, end, 0);
        }
        return end;
    }

    private int content(byte[] a, int name, int nameEnd, int value, int to) {
        return a[value] == '[' && JsonWalk.is(a, name, nameEnd, PARTS)
                ? array(a, value, to, PART)
                : JsonWalk.valueEnd(a, value, to);
    }

    /** Content is text, and every object with something in it. A signature is none: it goes with the part that has it. */
    private int part(byte[] a, int i, int to) {
        text = false;
        thought = false;
        object = false;
        int end = object(a, i, to, PART);
        if ((text || object) && end >= 0) {
            silent = object || thought;
            flags |= Meaning.CONTENT;
        }
        return end;
    }

    private int part(byte[] a, int name, int nameEnd, int value, int to) {
        int end = JsonWalk.valueEnd(a, value, to);
        if (end < 0) {
            return -1;
        }
        if (a[value] == '{') {
            object |= JsonWalk.filled(a, value, end);
        } else if (JsonWalk.is(a, name, nameEnd, TEXT)) {
            text = JsonWalk.filled(a, value, end);
        } else if (JsonWalk.is(a, name, nameEnd, THOUGHT)) {
            thought = JsonWalk.is(a, value, end, TRUE);
        }
        return end;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
