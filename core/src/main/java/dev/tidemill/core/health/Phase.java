package dev.tidemill.core.health;

/**
 * Where a breaker is. Immutable, replaced whole; in nanoseconds of the caller's clock.
 *
 * @see Breaker
 */
sealed interface Phase {
    /** How often the breaker had opened. What was begun in an earlier epoch says nothing about this one. */
    int epoch();

    /** @param returning whether traffic has been coming back since {@code since} */
    record Closed(int epoch, long since, boolean returning) implements Phase {}

    /** What keeps traffic away. */
    sealed interface Shut extends Phase {
        /** When the next trial may begin. */
        long next();

        /** Taken out, and so not to be used by those either who do without a breaker. */
        boolean out();

        String reason();
    }

    record Open(int epoch, long next, boolean out, String reason) implements Shut {}

    /** @param trial the number of the latest trial; while it runs, {@code next} is when it is taken for lost */
    record HalfOpen(int epoch, int trial, long next, boolean out, String reason) implements Shut {}
}
