package dev.tidemill.core.limit;

/**
 * What a key, a model or a credential may do; 0: no such limit.
 *
 * <p>Bursts are not asked for, they follow from the rate: a tenth of a minute's worth, so that the worst minute is 1.1
 * times the limit; and for small limits 10 requests and 10,000 tokens or the whole limit, whichever is less, because a
 * person's or a script's handful comes at once.
 *
 * @param rpm requests a minute
 * @param tpm tokens a minute, input and output together
 * @param concurrency requests at once
 */
public record Quota(long rpm, long tpm, long concurrency) {
    /** The highest limit there may be: ten billion, which at 50,000 requests a second is 3,300 tokens each. */
    public static final long MOST = 10_000_000_000L;

    public static final Quota NONE = new Quota(0, 0, 0);

    public boolean limits() {
        return rpm != 0 || tpm != 0 || concurrency != 0;
    }

    public long requestBurst() {
        return burst(rpm, 10);
    }

    public long tokenBurst() {
        return burst(tpm, 10_000);
    }

    private static long burst(long perMinute, long handful) {
        return Math.max(1, Math.max(perMinute / 10, Math.min(perMinute, handful)));
    }
}
