package dev.tidemill.wire.gemini;

import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.dialect.RequestFields;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * Reads the chunks of a stream, each a whole {@code GenerateContentResponse}, and keeps what has to be remembered of
 * them: which candidates have finished, whether the prompt was blocked, the usage, and whether what came last was
 * something a person sees. A chunk is walked once and entirely; text and data are stepped over eight bytes at a time.
 */
final class GeminiChunk {
    private static final int CANDIDATES = 0;
    private static final int USAGE = 1;
    private static final int FEEDBACK = 2;
    private static final int ERROR = 3;
    private static final FieldTable TOP = FieldTable.of("candidates", "usageMetadata", "promptFeedback", "error");

    private static final int CONTENT = 0;
    private static final int FINISH_REASON = 1;
    private static final int INDEX = 2;
    private static final FieldTable CANDIDATE = FieldTable.of("content", "finishReason", "index");

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

    /** The meaning of the chunk {@code a[from, to)}, which opens with a brace. */
    int read(byte[] a, int from, int to) {
        int flags = 0;
        boolean candidates = false;
        boolean refused = false;
        int name = JsonWalk.firstIn(a, from, to);
        if (name < 0) {
            return JsonWalk.space(a, from + 1, to) == to - 1 ? Meaning.PING : Meaning.BAD;
        }
        while (name >= 0) {
            int nameEnd = a[name] == '"' ? JsonWalk.stringEnd(a, name + 1, to) : -1;
            int value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, to);
            int end = value < 0 ? -1 : JsonWalk.valueEnd(a, value, to);
            if (end < 0) {
                return flags | Meaning.BAD;
            }
            switch (TOP.find(a, name + 1, nameEnd - 1)) {
                case CANDIDATES -> {
                    if (a[value] == '[' && JsonWalk.firstIn(a, value, end) >= 0) {
                        candidates = true;
                        flags |= candidates(a, value, end);
                    }
                }
                case USAGE -> flags |= a[value] == '{' && usage.take(a, value, end) ? Meaning.USAGE : 0;
                case FEEDBACK -> refused = a[value] == '{' && blocks(a, value, end);
                case ERROR -> flags |= JsonWalk.isNull(a, value, end) ? 0 : Meaning.ERROR;
                default -> {}
            }
            name = JsonWalk.next(a, end, to);
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

    private int candidates(byte[] a, int from, int to) {
        int flags = 0;
        int element = JsonWalk.firstIn(a, from, to);
        while (element >= 0) {
            int end = JsonWalk.valueEnd(a, element, to);
            if (end < 0 || a[element] != '{') {
                return flags | Meaning.BAD;
            }
            flags |= candidate(a, element, end);
            element = JsonWalk.next(a, end, to);
        }
        return flags;
    }

    private int candidate(byte[] a, int from, int to) {
        int flags = 0;
        int index = 0; // left out where it is 0
        boolean finish = false;
        int name = JsonWalk.firstIn(a, from, to);
        while (name >= 0) {
            int nameEnd = a[name] == '"' ? JsonWalk.stringEnd(a, name + 1, to) : -1;
            int value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, to);
            int end = value < 0 ? -1 : JsonWalk.valueEnd(a, value, to);
            if (end < 0) {
                return flags | Meaning.BAD;
            }
            switch (CANDIDATE.find(a, name + 1, nameEnd - 1)) {
                case CONTENT -> flags |= a[value] == '{' ? parts(a, value, end) : 0;
                case FINISH_REASON ->
                    finish = a[value] == '"' && end - value > 2 && !JsonWalk.is(a, value, end, UNSPECIFIED);
                case INDEX -> index = JsonText.wholeNumber(a, value, end, 0);
                default -> {}
            }
            name = JsonWalk.next(a, end, to);
        }
        if (finish) {
            finished.set(Math.clamp(index, 0, RequestFields.MAX_CHOICES - 1));
            flags |= Meaning.FINISH;
        }
        return flags;
    }

    private int parts(byte[] a, int from, int to) {
        int parts = JsonWalk.member(a, from, to, PARTS);
        if (parts < 0 || a[parts] != '[') {
            return 0;
        }
        int flags = 0;
        int element = JsonWalk.firstIn(a, parts, to);
        while (element >= 0) {
            int end = JsonWalk.valueEnd(a, element, to);
            if (end < 0 || a[element] != '{') {
                return flags | Meaning.BAD;
            }
            flags |= part(a, element, end);
            element = JsonWalk.next(a, end, to);
        }
        return flags;
    }

    /** Content is text, and every object with something in it. A signature is none: it goes with the part that has it. */
    private int part(byte[] a, int from, int to) {
        boolean text = false;
        boolean thought = false;
        boolean object = false;
        int name = JsonWalk.firstIn(a, from, to);
        while (name >= 0) {
            int nameEnd = a[name] == '"' ? JsonWalk.stringEnd(a, name + 1, to) : -1;
            int value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, to);
            int end = value < 0 ? -1 : JsonWalk.valueEnd(a, value, to);
            if (end < 0) {
                return Meaning.BAD;
            }
            if (a[value] == '{') {
                object |= JsonWalk.filled(a, value, end);
            } else if (JsonWalk.is(a, name + 1, nameEnd - 1, TEXT)) {
                text = JsonWalk.filled(a, value, end);
            } else if (JsonWalk.is(a, name + 1, nameEnd - 1, THOUGHT)) {
                thought = JsonWalk.is(a, value, end, TRUE);
            }
            name = JsonWalk.next(a, end, to);
        }
        if (!text && !object) {
            return 0;
        }
        silent = object || thought;
        return Meaning.CONTENT;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
