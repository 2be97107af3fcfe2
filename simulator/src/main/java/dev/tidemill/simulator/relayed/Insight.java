package dev.tidemill.simulator.relayed;

/** What a relay knows of itself, beside what its client sees. What is counted at an exchange's end is there once {@link #idle} was asked. */
public interface Insight {
    /** Exchanges that have not come to their end. */
    long running();

    /** Bytes of requests and answers that it holds. */
    long memory();

    /** Connections to the first provider that wait for another request. Asks each event loop. */
    int idle();

    /** Failures in the breaker's window of the first target. */
    int failures();

    /** Events that were kept from clients. */
    long droppedEvents();

    /** Tokens, of prompts and of answers, as providers stated them. */
    long statedTokens();
}
