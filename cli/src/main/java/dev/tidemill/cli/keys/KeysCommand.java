package dev.tidemill.cli.keys;

import dev.tidemill.cli.HelpOption;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "keys",
        description = "Who may call. Works whether the server runs or not, and takes effect within a second.",
        subcommands = {KeysCreate.class, KeysList.class, KeysRevoke.class})
public final class KeysCommand implements Runnable {
    @Mixin
    final HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "what about keys? (expected: create, list or revoke)");
    }
}
