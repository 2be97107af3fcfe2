package dev.tidemill.core.limit;

/**
 * Tokens of a request before it is sent, from lengths alone: good enough to admit by, since the end trues it up. Four
 * bytes of English or code are about one token, and so is one CJK character of three; a request's JSON around the text
 * pays for the difference.
 */
public final class TokenEstimate {
    private static final long UNKNOWN_CONTEXT = 200_000;

    private TokenEstimate() {}

    /** @param bytes of the body, all taken for ASCII */
    public static long input(long bytes) {
        return (bytes + 3) / 4;
    }

    /** @param other bytes that are not ASCII, of {@code bytes} */
    public static long input(long bytes, long other) {
        return (bytes - other + 3) / 4 + (other + 2) / 3;
    }

    /**
     * Input and output together.
     *
     * @param input tokens; no more than {@code context} count, because images in a body are long and cheap
     * @param context tokens the model can hold, 0: not stated (200,000 is assumed)
     * @param stated the most the answer may have, over all choices; 0: not stated
     * @param mean what such answers have had, {@link LearnedOutput#mean}
     */
    public static long of(long input, long context, long stated, long mean) {
        long most = context > 0 ? context : UNKNOWN_CONTEXT;
        return Math.min(input, most) + Math.min(stated > 0 ? stated : mean, most);
    }
}
