package dev.tidemill.batch;

/**
 * What intake accepts. The defaults are those of the service whose clients come here (OpenAI Batch and Files guides).
 *
 * @param fileBytes of any uploaded file
 * @param batchFileBytes of a file with purpose {@code batch}
 * @param lines requests in one batch
 * @param lineBytes of one line
 * @param faults listed when a file is refused; one more entry says how many were left out
 * @param customIdChars UTF-16 units of a {@code custom_id}
 */
public record Limits(long fileBytes, long batchFileBytes, int lines, int lineBytes, int faults, int customIdChars) {

    public static final Limits DEFAULT = new Limits(512L << 20, 200L << 20, 50_000, 16 << 20, 1_000, 1_024);
}
