package dev.tidemill.batch.job;

/**
 * A run of lines that is leased as one.
 *
 * @param plan the lines, encoded by {@code dev.tidemill.batch.intake.Plan}
 */
public record PlannedChunk(int chunk, int firstLine, int lines, byte[] plan) {}
