package dev.tidemill.core.limit;

/** Which limit said no. */
public enum Cause {
    REQUESTS,
    TOKENS,
    CONCURRENCY,
    /** More keys at once than there are places to count them. */
    ROOM
}
