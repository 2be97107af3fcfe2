package dev.tidemill.bench;

import dev.tidemill.bench.batch.BatchCommand;
import dev.tidemill.bench.failover.FailoverCommand;
import dev.tidemill.bench.fuzz.FuzzCommand;
import dev.tidemill.bench.hedge.HedgeCommand;
import dev.tidemill.bench.held.HeldCommand;
import dev.tidemill.bench.limits.LimitsCommand;
import dev.tidemill.bench.micro.MicroCommand;
import dev.tidemill.bench.overhead.OverheadCommand;
import dev.tidemill.bench.overload.OverloadCommand;
import dev.tidemill.bench.proof.BatchKillCommand;
import dev.tidemill.bench.proof.FaultsCommand;
import dev.tidemill.bench.proof.IntakeCommand;
import dev.tidemill.bench.proof.StreamsCommand;
import dev.tidemill.bench.proof.TruncationCommand;
import dev.tidemill.bench.resume.ResumeCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/**
 * The benches and the long proofs, as {@code ./dev bench NAME} and {@code ./dev prove NAME} call them. Exit codes: 0
 * measured or proven, 1 not, 2 wrong usage. Figures go to standard output, progress to standard error.
 */
@Command(
        name = "dev",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {Main.Bench.class, Main.Prove.class})
public final class Main {
    private Main() {}

    @Command(
            name = "bench",
            description = "Measurements; each prints what it found and on which machine.",
            synopsisSubcommandLabel = "NAME",
            subcommands = {OverheadCommand.class, MicroCommand.class, BatchCommand.class, HelpCommand.class})
    static final class Bench {}

    @Command(
            name = "prove",
            description = "Long proofs; each prints its seed and a table, and exits with 1 when the promise is broken.",
            synopsisSubcommandLabel = "NAME",
            subcommands = {
                StreamsCommand.class,
                HeldCommand.class,
                FaultsCommand.class,
                TruncationCommand.class,
                IntakeCommand.class,
                FailoverCommand.class,
                LimitsCommand.class,
                HedgeCommand.class,
                OverloadCommand.class,
                ResumeCommand.class,
                BatchKillCommand.class,
                FuzzCommand.class,
                HelpCommand.class
            })
    static final class Prove {}

    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    System.err.println(failure.getMessage() == null ? failure.toString() : failure.getMessage());
                    return 1;
                });
        System.exit(line.execute(arguments));
    }
}
