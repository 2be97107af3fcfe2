package dev.tidemill.cli;

import picocli.CommandLine.Option;

/** {@code --help}, the same everywhere. */
public final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "This text.")
    boolean help;
}
