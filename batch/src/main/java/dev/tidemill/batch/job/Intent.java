package dev.tidemill.batch.job;

/**
 * That a line is about to be sent.
 *
 * @param line 0-based among the batch's requests
 * @param tries finished before this one that count against its limit
 */
public record Intent(long batch, int chunk, int line, int tries) {}
