package dev.tidemill.batch.run;

/**
 * How many lines of one batch may be in flight. It is judged by rounds of as many answers as are allowed at once: when most
 * of a round was turned away (a rate limit is in force) the share halves, and the batch pauses; when none was, it grows by
 * a quarter. A few that are turned away among many answers change nothing: those lines wait, and the others go on.
 */
final class Share {
    private final int most;
    private int limit;
    private int answers;
    private int away;

    Share(int most) {
        this.most = most;
        this.limit = most;
    }

    int limit() {
        return limit;
    }

    void answered() {
        count(false);
    }

    /** @return whether this ends a round in which most were turned away */
    boolean turnedAway() {
        return count(true);
    }

    private boolean count(boolean turnedAway) {
        answers++;
        away += turnedAway ? 1 : 0;
        if (answers < limit) {
            return false;
        }
        boolean limited = away * 2 > answers;
        if (limited) {
            limit = Math.max(1, limit / 2);
        } else if (away == 0) {
            limit = Math.min(most, limit + Math.max(1, limit / 4));
        }
        answers = 0;
        away = 0;
        return limited;
    }
}
