package dev.tidemill.core.health;

/**
 * Keeps retries from making an outage worse: over the last ten seconds a target may be sent at most this share of its first
 * tries once more, and ten on top so that a quiet target can be retried at all. The retries themselves earn nothing.
 */
public final class RetryBudget {
    /** Retries in ten seconds that are always allowed. */
    public static final int FLOOR = 10;

    private static final long WINDOW = 10_000_000_000L;
    private static final int SLOTS = 10;

    private final Counts attemptsAndRetries;
    private volatile double ratio;

    /** @param ratio of first tries, 0 to 1 */
    RetryBudget(double ratio, long now) {
        this.ratio = ratio;
        this.attemptsAndRetries = new Counts(SLOTS, WINDOW, now);
    }

    void ratio(double next) {
        ratio = next;
    }

    /** Every attempt that is sent, retries too; these are taken off again. */
    void attempted(long now) {
        attemptsAndRetries.add(now, 1, 0);
    }

    /** How many retries there may be at this moment. */
    public int left(long now) {
        long sum = attemptsAndRetries.sum(now);
        int retries = Counts.secondOf(sum);
        int firstTries = Math.max(0, Counts.firstOf(sum) - retries);
        return Math.max(0, FLOOR + (int) (ratio * firstTries) - retries);
    }

    /** Takes one retry; the lock is for retries alone. */
    public synchronized boolean take(long now) {
        if (left(now) == 0) {
            return false;
        }
        attemptsAndRetries.add(now, 0, 1);
        return true;
    }
}
