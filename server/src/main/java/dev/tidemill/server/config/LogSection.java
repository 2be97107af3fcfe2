package dev.tidemill.server.config;

import java.nio.file.Path;
import java.util.Optional;

/** {@code log:} */
final class LogSection {
    private static final Option<Optional<Path>> ACCESS = Option.of(
                    "access",
                    new OrOff<>(Scalars.PATH),
                    "off",
                    "A file with one JSON line for each exchange; moved aside at 100 MiB, five old ones kept.")
            .needsRestart();

    static final Section SECTION = new Section(ACCESS);

    private LogSection() {}

    static LogOptions from(Values values) {
        return new LogOptions(values.get(ACCESS).orElse(null));
    }
}
