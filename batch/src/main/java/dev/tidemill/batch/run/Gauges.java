package dev.tidemill.batch.run;

/**
 * What the engine is doing at a moment.
 *
 * @param validating batches whose file is being looked through, or waits for it
 * @param running batches whose lines run
 * @param finalizing batches whose files are being written
 * @param inFlight lines sent and not answered
 * @param waiting lines that will be tried again
 */
public record Gauges(int validating, int running, int finalizing, int inFlight, int waiting) {
    static final Gauges NONE = new Gauges(0, 0, 0, 0, 0);
}
