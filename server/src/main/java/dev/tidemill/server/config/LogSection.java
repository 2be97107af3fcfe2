package dev.tidemill.server.config;

import java.nio.file.Path;
import java.util.Optional;

/** {@code log:} */
final class LogSection {
    private static final Option<Optional<Path>> ACCESS = Option.of(
                    "access", new OrOff<>(Scalars.PATH), "off", "A file with one line for each exchange.")
            .inForceOnlyAs("off")
            .needsRestart();
    private static final Option<Long> ACCESS_SIZE = Option.of(
                    "access_size", Scalars.size("64KiB", "16GiB"), "64MiB", "After which a new file is begun.")
            .later()
            .needsRestart();
    private static final Option<Integer> ACCESS_KEEP = Option.of(
                    "access_keep", Scalars.whole(0, 1_000), "5", "Files kept beside the one that is written.")
            .later()
            .needsRestart();

    static final Section SECTION = new Section(ACCESS, ACCESS_SIZE, ACCESS_KEEP);

    private LogSection() {}

    static LogOptions from(Values values) {
        return new LogOptions(values.get(ACCESS).orElse(null), values.get(ACCESS_SIZE), values.get(ACCESS_KEEP));
    }
}
