package dev.tidemill.batch.job;

import java.util.BitSet;
import java.util.List;

/**
 * A chunk of lines that its holder alone may send.
 *
 * @param plan the chunk's lines, encoded by {@code dev.tidemill.batch.intake.Plan}
 * @param done bit i: line {@code firstLine + i} has a result
 * @param ambiguous lines without a result whose intent was found: sent, or just about to be, by a holder that is gone
 */
public record Lease(long batch, int chunk, int firstLine, byte[] plan, BitSet done, List<Intent> ambiguous) {}
