package dev.tidemill.wire;

/**
 * What an answer cost in tokens, in one normal form for every provider: the four kinds of input are disjoint, because
 * their prices differ; {@code reasoning} is contained in {@code output}. All are 0 or more.
 */
public record Usage(
        long uncachedInput, long cacheRead, long cacheWrite5m, long cacheWrite1h, long output, long reasoning) {

    public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0);

    public long input() {
        return uncachedInput + cacheRead + cacheWrite5m + cacheWrite1h;
    }

    public long total() {
        return input() + output;
    }

    public Usage plus(Usage other) {
        return new Usage(
                uncachedInput + other.uncachedInput,
                cacheRead + other.cacheRead,
                cacheWrite5m + other.cacheWrite5m,
                cacheWrite1h + other.cacheWrite1h,
                output + other.output,
                reasoning + other.reasoning);
    }
}
