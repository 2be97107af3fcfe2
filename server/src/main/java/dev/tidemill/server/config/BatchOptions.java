package dev.tidemill.server.config;

/**
 * How batches run.
 *
 * @param concurrency lines in flight over all batches
 * @param maxLines requests in one batch
 * @param maxInput bytes of a file with purpose {@code batch}
 * @param maxLine bytes of one line
 */
public record BatchOptions(int concurrency, int maxLines, long maxInput, int maxLine) {}
