package dev.tidemill.wire.openai;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the usage of OpenAI's endpoints and of those who copy them into the normal form.
 *
 * <p>OpenAI counts cached input inside {@code prompt_tokens} and reasoning inside {@code completion_tokens}. xAI counts reasoning beside
 * them, and some layers over other providers count cached input beside: where the part is larger than its whole, that is proven and read so.
 * Reasoning is also proven to stand inside or beside where {@code total_tokens} is exactly the one sum or the other. Where nothing is proven,
 * only the caller can know ({@link Reasoning}). Else {@code total_tokens} decides nothing, save where it is the only count.
 *
 * <p>Other spellings that are read: {@code prompt_cache_hit_tokens} (DeepSeek), {@code cached_tokens} and {@code reasoning_tokens} outside the
 * details, and {@code input_tokens}, {@code output_tokens} with their details (images, audio). Mistral's {@code num_cached_tokens} is not: it
 * was seen to be 64 with a prompt of 10.
 */
public final class OpenAiUsage {
    /** Where a provider counts reasoning. */
    public enum Reasoning {
        /** Inside {@code completion_tokens}, as OpenAI does. */
        INSIDE,
        /** Beside {@code completion_tokens}, as xAI's chat endpoint does. */
        BESIDE
    }

    private static final byte[] NAME = "usage".getBytes(StandardCharsets.US_ASCII);
    /** The shortest text that begins with the name and has an object behind it. */
    private static final int SHORTEST = "\"usage\":{}".length();
    /** Bytes in which a usage object and what is behind it usually have room. */
    private static final int NEAR_END = 1024;

    private static final int PROMPT = 0;
    private static final int COMPLETION = 1;
    private static final int TOTAL = 2;
    private static final int CACHED = 3;
    private static final int CACHE_WRITE = 4;
    private static final int REASONING = 5;
    private static final int INPUT_DETAILS = 6;
    private static final int OUTPUT_DETAILS = 7;
    private static final FieldTable SPELLINGS = FieldTable.of(
            "prompt_tokens",
            "completion_tokens",
            "total_tokens",
            "cached_tokens",
            "cache_write_tokens",
            "reasoning_tokens",
            "prompt_tokens_details",
            "completion_tokens_details",
            "input_tokens",
            "output_tokens",
            "prompt_cache_hit_tokens",
            "input_tokens_details",
            "output_tokens_details");
    /** What each spelling means. */
    private static final int[] MEANINGS = {
        PROMPT,
        COMPLETION,
        TOTAL,
        CACHED,
        CACHE_WRITE,
        REASONING,
        INPUT_DETAILS,
        OUTPUT_DETAILS,
        PROMPT,
        COMPLETION,
        CACHED,
        INPUT_DETAILS,
        OUTPUT_DETAILS,
    };

    private final long[] counts = {-1, -1, -1, -1, -1, -1};
    private boolean nonsense;

    private OpenAiUsage() {}

    /** {@link #read(byte[], int, int, Reasoning)} for a provider that counts as OpenAI does. */
    public static @Nullable Usage read(byte[] a, int from, int to) {
        return read(a, from, to, Reasoning.INSIDE);
    }

    /**
     * The usage in an answer's body or an event's data, {@code a[from, to)}: the last usage object, at whatever depth.
     *
     * @return null when there is none, or when it says nothing that can be believed: a count that is negative, not whole or above 2^53
     */
    public static @Nullable Usage read(byte[] a, int from, int to, Reasoning convention) {
        int object = find(a, from, to);
        return object < 0 ? null : of(a, object, to, convention);
    }

    /** The usage object that opens at {@code from}. */
    static @Nullable Usage of(byte[] a, int from, int to, Reasoning convention) {
        OpenAiUsage usage = new OpenAiUsage();
        usage.object(a, from, to, true);
        return usage.nonsense ? null : usage.normal(convention);
    }

    /** Where the last usage object opens, or -1; one inside another usage object is not meant. */
    static int find(byte[] a, int from, int to) {
        int found = atEnd(a, Math.max(from, to - NEAR_END), to);
        if (found >= 0) {
            return found;
        }
        int i = Swar.indexOfPair(a, from, to, '"', 'u');
        while (i < to) {
            int value = JsonWalk.valueOf(a, i, to, NAME);
            int end = i + 2;
            if (value >= 0 && a[value] == '{') {
                int close = JsonWalk.valueEnd(a, value, to);
                if (close >= 0) {
                    found = value;
                    end = close;
                }
            }
            i = Swar.indexOfPair(a, end, to, '"', 'u');
        }
        return found;
    }

    /** Where nearly all have theirs: one that stands in the outermost object, with little behind it. -1 says nothing. */
    private static int atEnd(byte[] a, int from, int to) {
        for (int i = to - SHORTEST; i >= from; i--) {
            int value = a[i] == '"' && a[i + 1] == 'u' ? JsonWalk.valueOf(a, i, to, NAME) : -1;
            if (value >= 0 && a[value] == '{') {
                return isLastOfAll(a, value, to) ? value : -1;
            }
        }
        return -1;
    }

    /** Whether the object with the value at {@code value} ends where all ends, so that it is no part of another. */
    private static boolean isLastOfAll(byte[] a, int value, int to) {
        int end = JsonWalk.valueEnd(a, value, to);
        while (end >= 0) {
            int at = JsonWalk.space(a, end, to);
            if (at < to && a[at] == '}') {
                return JsonWalk.space(a, at + 1, to) == to;
            }
            int name = JsonWalk.next(a, at, to);
            int nameEnd = name < 0 || a[name] != '"' ? -1 : JsonWalk.stringEnd(a, name + 1, to);
            int next = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, to);
            end = next < 0 ? -1 : JsonWalk.valueEnd(a, next, to);
        }
        return false;
    }

    private void object(byte[] a, int from, int to, boolean outer) {
        int name = JsonWalk.firstIn(a, from, to);
        while (name >= 0) {
            int nameEnd = a[name] == '"' ? JsonWalk.stringEnd(a, name + 1, to) : -1;
            int value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, to);
            int end = value < 0 ? -1 : JsonWalk.valueEnd(a, value, to);
            if (end < 0) {
                nonsense = true;
                return;
            }
            int spelling = SPELLINGS.find(a, name + 1, nameEnd - 1);
            if (spelling >= 0) {
                field(a, MEANINGS[spelling], value, end, outer);
            }
            name = JsonWalk.next(a, end, to);
        }
    }

    private void field(byte[] a, int meaning, int value, int end, boolean outer) {
        if (meaning == INPUT_DETAILS || meaning == OUTPUT_DETAILS) {
            if (outer && a[value] == '{') {
                object(a, value, end, false);
            }
            return;
        }
        if (JsonWalk.isNull(a, value, end)) {
            return;
        }
        long count = JsonText.wholeNumber(a, value, end, -1L);
        if (count < 0 || count > Usage.MAX_STATED) {
            nonsense = true;
        } else {
            // The same count may stand at two places, and be filled in at one of them only.
            counts[meaning] = Math.max(counts[meaning], count);
        }
    }

    private @Nullable Usage normal(Reasoning convention) {
        long prompt = counts[PROMPT];
        long output = counts[COMPLETION];
        if (prompt < 0 && output < 0) {
            prompt = counts[TOTAL];
            if (prompt < 0) {
                return null;
            }
        }
        prompt = Math.max(0, prompt);
        output = Math.max(0, output);
        long read = Math.max(0, counts[CACHED]);
        long write = Math.max(0, counts[CACHE_WRITE]);
        long reasoning = Math.max(0, counts[REASONING]);
        if (beside(prompt + output, reasoning, convention) || reasoning > output) {
            output += reasoning;
        }
        long uncached = read + write > prompt ? prompt : prompt - read - write;
        return output > Usage.MAX_STATED ? null : new Usage(uncached, read, write, 0, output, reasoning);
    }

    private boolean beside(long sum, long reasoning, Reasoning convention) {
        long total = counts[TOTAL];
        if (total == sum) {
            return false;
        }
        return total == sum + reasoning || convention == Reasoning.BESIDE;
    }
}
