package dev.tidemill.server.config;

/** {@code batch:} */
final class BatchSection {
    private static final Option<Integer> CONCURRENCY = Option.of(
                    "concurrency",
                    Scalars.whole(1, 100_000),
                    "64",
                    "Lines in flight over all batches; live requests go first whatever this says.")
            .needsRestart();
    private static final Option<Integer> MAX_LINES = Option.of(
                    "max_lines", Scalars.whole(1, 10_000_000), "50000", "Requests in one batch.")
            .needsRestart();
    private static final Option<Long> MAX_INPUT = Option.of(
                    "max_input", Scalars.size("1KiB", "8GiB"), "200MiB", "A file with purpose batch.")
            .needsRestart();
    private static final Option<Long> MAX_LINE = Option.of(
                    "max_line",
                    Scalars.size("1KiB", "256MiB"),
                    "16MiB",
                    "One line of it, held in memory while it runs.")
            .needsRestart();

    static final Section SECTION = new Section(CONCURRENCY, MAX_LINES, MAX_INPUT, MAX_LINE);

    private BatchSection() {}

    static BatchOptions from(Values values) {
        return new BatchOptions(
                values.get(CONCURRENCY),
                values.get(MAX_LINES),
                values.get(MAX_INPUT),
                Math.toIntExact(values.get(MAX_LINE)));
    }
}
