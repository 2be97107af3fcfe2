package dev.tidemill.wire.anthropic;

import dev.tidemill.wire.Usage;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what an answer says it cost. {@code message_start} has provisional counts, each {@code message_delta} has
 * totals of all or of some fields: the last value of a field wins, and nothing is summed.
 *
 * <p>{@code input_tokens} excludes what was read from and written to the cache, {@code output_tokens} includes thinking.
 * How long the cache is kept is told beside the total ({@code cache_creation}), often in {@code message_start} only:
 * where both differ the total counts, and what is not known to last an hour lasts five minutes.
 *
 * <p>{@code iterations} lists the passes behind an answer. The totals hold all of them but compaction, which the same
 * model does and which is billed too, so it is added. An adviser's pass is not: it is another model, with other prices.
 */
final class MessagesUsage {
    private static final int INPUT = 0;
    private static final int OUTPUT = 1;
    private static final int CACHE_READ = 2;
    private static final int CACHE_WRITE = 3;
    private static final int CACHE_5M = 4;
    private static final int CACHE_1H = 5;
    private static final int THINKING = 6;
    private static final int COUNTS = 7;
    private static final int CREATION = 7;
    private static final int OUTPUT_DETAILS = 8;
    private static final int ITERATIONS = 9;
    private static final FieldTable FIELDS = FieldTable.of(
            "input_tokens",
            "output_tokens",
            "cache_read_input_tokens",
            "cache_creation_input_tokens",
            "ephemeral_5m_input_tokens",
            "ephemeral_1h_input_tokens",
            "thinking_tokens",
            "cache_creation",
            "output_tokens_details",
            "iterations");

    private static final byte[] USAGE = MessagesEvents.ascii("usage");
    private static final byte[] TYPE = MessagesEvents.ascii("type");
    private static final byte[] COMPACTION = MessagesEvents.ascii("\"compaction\"");

    /** What object the fields are in: the totals, one pass, or the details of either. */
    private static final int TOTALS = 0;

    private static final int PASS = 1;
    private static final int DETAILS = 2;

    private static final long ABSENT = -1;
    private static final long NONSENSE = -2;

    private final long[] counts = new long[COUNTS];
    /** What compaction cost; null: nothing that can be believed. */
    private @Nullable Usage compaction = Usage.NONE;

    private boolean broken;

    MessagesUsage() {
        restart();
    }

    /** The usage of a whole answer, the object {@code a[from, to)}; null: it does not say, or nothing that can be believed. */
    static @Nullable Usage read(byte[] a, int from, int to) {
        MessagesUsage usage = new MessagesUsage();
        usage.take(a, from, to);
        return usage.usage();
    }

    void restart() {
        Arrays.fill(counts, ABSENT);
        compaction = Usage.NONE;
        broken = false;
    }

    /** Takes the field {@code usage} of the object that opens at {@code from}; false when there is none. */
    boolean take(byte[] a, int from, int to) {
        int usage = from < to && a[from] == '{' ? JsonWalk.member(a, from, to, USAGE) : -1;
        if (usage < 0 || a[usage] != '{') {
            return false;
        }
        object(a, usage, to, TOTALS);
        return true;
    }

    @Nullable
    Usage usage() {
        if (compaction == null) {
            return null;
        }
        boolean nonsense = broken;
        for (long count : counts) {
            nonsense |= count == NONSENSE;
        }
        if (nonsense || (counts[INPUT] < 0 && counts[OUTPUT] < 0)) {
            return null;
        }
        long hour = or0(CACHE_1H);
        long write = counts[CACHE_WRITE] < 0 ? or0(CACHE_5M) + hour : counts[CACHE_WRITE];
        hour = Math.min(hour, write);
        long output = or0(OUTPUT);
        Usage stated =
                new Usage(or0(INPUT), or0(CACHE_READ), write - hour, hour, output, Math.min(or0(THINKING), output));
        return compaction.equals(Usage.NONE) ? stated : stated.plus(compaction);
    }

    private long or0(int field) {
        return Math.max(0, counts[field]);
    }

    private void object(byte[] a, int from, int to, int level) {
        int name = JsonWalk.firstIn(a, from, to);
        while (name >= 0) {
            int nameEnd = a[name] == '"' ? JsonWalk.stringEnd(a, name + 1, to) : -1;
            int value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, to);
            int end = value < 0 ? -1 : JsonWalk.valueEnd(a, value, to);
            if (end < 0) {
                broken = true;
                return;
            }
            field(a, FIELDS.find(a, name + 1, nameEnd - 1), value, end, level);
            name = JsonWalk.next(a, end, to);
        }
    }

    private void field(byte[] a, int field, int value, int end, int level) {
        switch (field) {
            case -1 -> {}
            case CREATION, OUTPUT_DETAILS -> {
                if (level != DETAILS && a[value] == '{') {
                    object(a, value, end, DETAILS);
                }
            }
            case ITERATIONS -> {
                if (level == TOTALS && a[value] == '[') {
                    compaction = compaction(a, value, end);
                }
            }
            default -> {
                if (!JsonWalk.isNull(a, value, end)) {
                    long count = JsonText.wholeNumber(a, value, end, NONSENSE);
                    counts[field] = count < 0 || count > Usage.MAX_STATED ? NONSENSE : count;
                }
            }
        }
    }

    private static @Nullable Usage compaction(byte[] a, int from, int to) {
        Usage sum = Usage.NONE;
        int element = JsonWalk.firstIn(a, from, to);
        while (element >= 0) {
            int end = JsonWalk.valueEnd(a, element, to);
            if (end < 0) {
                return null;
            }
            int type = a[element] == '{' ? JsonWalk.member(a, element, end, TYPE) : -1;
            if (type >= 0 && JsonWalk.is(a, type, Math.min(end, type + COMPACTION.length), COMPACTION)) {
                MessagesUsage pass = new MessagesUsage();
                pass.object(a, element, end, PASS);
                Usage cost = pass.usage();
                sum = cost == null ? null : sum.plus(cost);
                if (sum == null || sum.total() > Usage.MAX_STATED) {
                    return null;
                }
            }
            element = JsonWalk.next(a, end, to);
        }
        return sum;
    }
}
