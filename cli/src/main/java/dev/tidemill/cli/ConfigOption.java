package dev.tidemill.cli;

import dev.tidemill.server.config.ConfigFile;
import dev.tidemill.server.config.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code -c FILE}. */
public final class ConfigOption {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration. Left out: ./tidemill.yaml if there, else providers from the environment.")
    @Nullable
    Path file;

    Outcome load() {
        return ConfigFile.load(chosen(), System.getenv());
    }

    /** The file that counts; null: the environment. */
    @Nullable
    Path chosen() {
        return ConfigFile.choose(file, Path.of(""));
    }

    /** Where data is kept, whatever else is wrong in the file. */
    public Path data() throws CommandFailed {
        try {
            return ConfigFile.data(chosen(), System.getenv());
        } catch (IOException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()));
        }
    }
}
