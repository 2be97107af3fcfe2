package dev.tidemill.wire.gemini;

import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Which quotas an error says are used up: {@code "violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}
 * in one of its details. The delay that stands beside it is of the minute, also when it is the day's quota that is gone.
 */
final class QuotaFailure {
    private static final byte[] VIOLATIONS = "violations".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] QUOTA_ID = "quotaId".getBytes(StandardCharsets.US_ASCII);
    private static final String A_DAYS = "PerDay";

    private QuotaFailure() {}

    /**
     * The quota that is gone for longest: a day's, else the first named; null: none is.
     *
     * @param from where the array of the details opens
     */
    static @Nullable String worst(byte[] a, int from, int to) {
        String first = null;
        for (int detail = JsonWalk.firstIn(a, from, to); detail >= 0; ) {
            int end = JsonWalk.valueEnd(a, detail, to);
            int violations = end < 0 || a[detail] != '{' ? -1 : JsonWalk.member(a, detail, end, VIOLATIONS);
            if (violations >= 0 && a[violations] == '[') {
                String worst = worstOf(a, violations, end);
                if (worst != null && worst.contains(A_DAYS)) {
                    return worst;
                }
                first = first == null ? worst : first;
            }
            detail = end < 0 ? -1 : JsonWalk.next(a, end, to);
        }
        return first;
    }

    private static @Nullable String worstOf(byte[] a, int from, int to) {
        String first = null;
        for (int violation = JsonWalk.firstIn(a, from, to); violation >= 0; ) {
            int end = JsonWalk.valueEnd(a, violation, to);
            int id = end < 0 || a[violation] != '{' ? -1 : JsonWalk.member(a, violation, end, QUOTA_ID);
            if (id >= 0 && a[id] == '"') {
                String name = JsonText.string(a, id, JsonWalk.valueEnd(a, id, end));
                if (name.contains(A_DAYS)) {
                    return name;
                }
                first = first == null ? name : first;
            }
            violation = end < 0 ? -1 : JsonWalk.next(a, end, to);
        }
        return first;
    }
}
