package dev.tidemill.server.config;

import java.nio.file.Path;
import java.util.Optional;

/** {@code log:} */
final class LogSection {
    private static final Option<Optional<Path>> ACCESS = Option.optional(
                    "access",
                    new OrOff<>(Scalars.PATH),
                    "A file with one JSON line for each request; moved aside at 100 MiB, five old ones kept. Left out: `access.log` in the data directory.")
            .needsRestart();

    static final Section SECTION = new Section(ACCESS);

    private LogSection() {}

    static LogOptions from(Values values) {
        Optional<Path> access = values.find(ACCESS);
        return access == null ? LogOptions.STANDARD : new LogOptions(access.orElse(null), access.isEmpty());
    }
}
