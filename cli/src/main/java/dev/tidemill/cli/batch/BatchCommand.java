package dev.tidemill.cli.batch;

import dev.tidemill.cli.HelpOption;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "batch",
        description = "JSONL in, progress, results out.",
        subcommands = {BatchSubmit.class, BatchWatch.class, BatchFetch.class, BatchList.class, BatchCancel.class})
public final class BatchCommand implements Runnable {
    @Mixin
    final HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "what about batches? (expected: submit, watch, fetch, list or cancel)");
    }
}
