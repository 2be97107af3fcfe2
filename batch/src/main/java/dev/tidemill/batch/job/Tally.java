package dev.tidemill.batch.job;

import dev.tidemill.wire.Usage;

/**
 * What has come of a batch's lines so far.
 *
 * @param total lines planned, 0 until the file is validated
 * @param completed lines answered with success: those of the output file
 * @param failed lines that ended in an error answer; lines that were cancelled or expired are in neither count
 * @param usage summed over all answers that stated it
 * @param withoutUsage successes whose usage the provider did not state, so that {@code usage} is too low by them
 * @param possiblyChargedTwice lines that were in flight when the process died and were sent again
 */
public record Tally(int total, int completed, int failed, Usage usage, int withoutUsage, int possiblyChargedTwice) {
    public static final Tally NONE = new Tally(0, 0, 0, Usage.NONE, 0, 0);

    /** Lines that have a result. */
    public int done() {
        return completed + failed;
    }
}
