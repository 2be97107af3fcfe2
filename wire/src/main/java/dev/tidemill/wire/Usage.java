package dev.tidemill.wire;

/**
 * What one call used, in tokens, in the form every provider's convention is converted to: the four kinds of input and the output do not
 * overlap; reasoning is a part of the output.
 *
 * @param uncachedInput input that was read at full price
 * @param cacheRead input that came from the provider's cache
 * @param cacheWrite5m input written to the cache for five minutes, or for as long as the only kind of the provider lasts
 * @param cacheWrite1h input written to the cache for an hour
 * @param output all output, reasoning included
 * @param reasoning the part of the output that is reasoning
 */
public record Usage(
        long uncachedInput, long cacheRead, long cacheWrite5m, long cacheWrite1h, long output, long reasoning) {
    /** The largest count that is believed: 2^53, what a JSON number holds exactly. */
    public static final long MAX = 1L << 53;

    /** Nothing used. */
    public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0);

    /** @throws IllegalArgumentException for a count below 0 or above {@link #MAX}, and for more reasoning than output */
    public Usage {
        check("uncachedInput", uncachedInput, MAX);
        check("cacheRead", cacheRead, MAX);
        check("cacheWrite5m", cacheWrite5m, MAX);
        check("cacheWrite1h", cacheWrite1h, MAX);
        check("output", output, MAX);
        check("reasoning", reasoning, output);
    }

    /** All input, of whatever price. At most 2^55. */
    public long input() {
        return uncachedInput + cacheRead + cacheWrite5m + cacheWrite1h;
    }

    /** Input and output. At most 5 × 2^53. */
    public long total() {
        return input() + output;
    }

    private static void check(String name, long value, long max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 0 to " + max + ")");
        }
    }
}
