package dev.tidemill.wire;

/**
 * What an answer cost in tokens, in one normal form for every provider: the four kinds of input are disjoint, because their prices differ;
 * {@code reasoning} is contained in {@code output}. All are 0 or more.
 *
 * @param uncachedInput input that was read at full price
 * @param cacheRead input that came from the provider's cache
 * @param cacheWrite5m input written to the cache for five minutes, or for as long as the provider's only kind lasts
 * @param cacheWrite1h input written to the cache for an hour
 * @param output all output, reasoning included
 * @param reasoning the part of the output that is reasoning
 */
public record Usage(
        long uncachedInput, long cacheRead, long cacheWrite5m, long cacheWrite1h, long output, long reasoning) {
    /** The largest count that is believed when a provider states it: 2^53, what a JSON number holds exactly. */
    public static final long MAX_STATED = 1L << 53;

    public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0);

    /** @throws IllegalArgumentException for a count below 0, and for more reasoning than output */
    public Usage {
        if ((uncachedInput | cacheRead | cacheWrite5m | cacheWrite1h | output | reasoning) < 0 || reasoning > output) {
            throw new IllegalArgumentException("usage: " + uncachedInput + ", " + cacheRead + ", " + cacheWrite5m + ", "
                    + cacheWrite1h + ", " + output + ", " + reasoning + " (expected: >= 0, reasoning <= output)");
        }
    }

    /** All input, of whatever price. */
    public long input() {
        return Math.addExact(Math.addExact(uncachedInput, cacheRead), Math.addExact(cacheWrite5m, cacheWrite1h));
    }

    public long total() {
        return Math.addExact(input(), output);
    }

    /** The same with more output than was stated. */
    public Usage withOutput(long more) {
        return new Usage(uncachedInput, cacheRead, cacheWrite5m, cacheWrite1h, more, reasoning);
    }

    /** @throws ArithmeticException when a sum is no long */
    public Usage plus(Usage other) {
        return new Usage(
                Math.addExact(uncachedInput, other.uncachedInput),
                Math.addExact(cacheRead, other.cacheRead),
                Math.addExact(cacheWrite5m, other.cacheWrite5m),
                Math.addExact(cacheWrite1h, other.cacheWrite1h),
                Math.addExact(output, other.output),
                Math.addExact(reasoning, other.reasoning));
    }
}
