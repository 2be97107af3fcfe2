package dev.tidemill.core.limit;

/**
 * How long a model's answers are, in tokens: a moving mean over about fifty. Starts at 500, a page of text. Any thread;
 * of two that add at once, one may be lost.
 */
public final class LearnedOutput {
    private static final long START = 500;
    private static final int SHIFT = 10;

    private volatile long scaled = START << SHIFT;

    public long mean() {
        return scaled >> SHIFT;
    }

    /** @param tokens of one answer, 0 or more; above 10,000,000 counts as that */
    public void add(long tokens) {
        long before = scaled;
        scaled = before + ((Math.clamp(tokens, 0, 10_000_000) << SHIFT) - before) / 50;
    }
}
