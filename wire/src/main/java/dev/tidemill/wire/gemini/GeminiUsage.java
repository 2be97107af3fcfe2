package dev.tidemill.wire.gemini;

import dev.tidemill.wire.Usage;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The last {@code usageMetadata} that was seen. Every chunk of a stream repeats it with the counts so far, so the last
 * one with any counts stands for the answer. {@code promptTokenCount} includes cached content and excludes what tools
 * add to the prompt; {@code candidatesTokenCount} excludes thoughts.
 */
final class GeminiUsage {
    private static final int PROMPT = 0;
    private static final int CACHED = 1;
    private static final int TOOL_USE = 2;
    private static final int CANDIDATES = 3;
    private static final int THOUGHTS = 4;
    private static final int COUNTS = 5;
    private static final FieldTable FIELDS = FieldTable.of(
            "promptTokenCount",
            "cachedContentTokenCount",
            "toolUsePromptTokenCount",
            "candidatesTokenCount",
            "thoughtsTokenCount");

    private static final long ABSENT = -1;
    private static final long NONSENSE = -2;

    private long[] counts = none();
    private long[] reading = none();

    private static long[] none() {
        long[] counts = new long[COUNTS];
        Arrays.fill(counts, ABSENT);
        return counts;
    }

    /** Takes the object that opens at {@code from}; false when it has no counts, as in a chunk with the kind of traffic only. */
    boolean take(byte[] a, int from, int to) {
        Arrays.fill(reading, ABSENT);
        boolean any = false;
        int name = JsonWalk.firstIn(a, from, to);
        while (name >= 0) {
            int nameEnd = a[name] == '"' ? JsonWalk.stringEnd(a, name + 1, to) : -1;
            int value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, to);
            int end = value < 0 ? -1 : JsonWalk.valueEnd(a, value, to);
            if (end < 0) {
                return false;
            }
            int field = FIELDS.find(a, name + 1, nameEnd - 1);
            if (field >= 0 && !JsonWalk.isNull(a, value, end)) {
                long count = JsonText.wholeNumber(a, value, end, NONSENSE);
                reading[field] = count < 0 || count > Usage.MAX_STATED ? NONSENSE : count;
                any = true;
            }
            name = JsonWalk.next(a, end, to);
        }
        if (any) {
            long[] before = counts;
            counts = reading;
            reading = before;
        }
        return any;
    }

    /** Null: nothing was seen, or nothing that can be believed. */
    @Nullable
    Usage usage() {
        boolean any = false;
        for (long count : counts) {
            if (count == NONSENSE) {
                return null;
            }
            any |= count != ABSENT;
        }
        if (!any) {
            return null;
        }
        long prompt = or0(PROMPT);
        long cached = or0(CACHED);
        long thoughts = or0(THOUGHTS);
        // Cached content that is more than the whole prompt stands beside it, as other layers write it.
        long uncached = cached > prompt ? prompt : prompt - cached;
        return new Usage(uncached + or0(TOOL_USE), cached, 0, 0, or0(CANDIDATES) + thoughts, thoughts);
    }

    private long or0(int field) {
        return Math.max(0, counts[field]);
    }
}
