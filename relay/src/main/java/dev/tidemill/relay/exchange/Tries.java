package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.relay.meter.FailedTry;
import dev.tidemill.relay.meter.Meters;
import dev.tidemill.relay.meter.Spent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The attempts of one exchange that came to nothing, and the one that is to follow. Made at the first failure. */
final class Tries {
    /**
     * An attempt that came to nothing.
     *
     * @param target {@code provider/model}
     * @param sent whether the provider may have begun to answer, and to charge
     * @param nanos from its beginning to its failure
     * @param spent what it cost all the same; null: nothing
     */
    record Tried(
            String target,
            Failure failure,
            boolean sent,
            long nanos,
            @Nullable Spent spent) {
        Tried(Attempt attempt, Failure failure) {
            this(attempt.name(), failure, attempt.sent(), attempt.age(), attempt.spent());
        }

        FailedTry forLog() {
            return FailedTry.of(target, failure, sent, nanos, spent);
        }
    }

    private final int[] asked;
    private long vain;
    private long left;
    private final List<Tried> failed = new ArrayList<>();
    private @Nullable Attempt latest;
    private int next;
    private long notBefore;

    Tries(int targets) {
        asked = new int[targets];
    }

    void failed(Attempt attempt, Failure failure) {
        asked[attempt.index()]++;
        vain |= 1L << attempt.index();
        failed.add(new Tried(attempt, failure));
        latest = attempt;
    }

    /** Whether this attempt is the latest of them. */
    boolean holds(Attempt attempt) {
        return latest == attempt;
    }

    /** Tokens that they cost all the same. */
    long tokens() {
        long sum = 0;
        for (Tried tried : failed) {
            sum += tried.spent() == null ? 0 : tried.spent().tokens();
        }
        return sum;
    }

    void count(Meters meters) {
        for (Tried tried : failed) {
            if (tried.spent() != null) {
                meters.spent(tried.spent());
            }
        }
    }

    /** How often this target was asked in vain. */
    int asked(int target) {
        return asked[target];
    }

    void leave(int target) {
        left |= 1L << target;
    }

    /** Whether this target is not to be asked again. */
    boolean left(int target) {
        return (left & 1L << target) != 0;
    }

    void plan(int target, long time) {
        next = target;
        notBefore = time;
    }

    int next() {
        return next;
    }

    long notBefore() {
        return notBefore;
    }

    /** A bit for each target that was asked in vain. */
    long vain() {
        return vain;
    }

    /** A bit for each target that is not to be asked now: it was asked in vain, and is not the one planned. */
    long mask() {
        return vain & ~(1L << next);
    }

    /** The latest. */
    Failure last() {
        return failed.getLast().failure();
    }

    List<Tried> failed() {
        return failed;
    }
}
