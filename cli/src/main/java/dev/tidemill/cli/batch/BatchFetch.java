package dev.tidemill.cli.batch;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.Exit;
import dev.tidemill.cli.HelpOption;
import dev.tidemill.cli.api.Access;
import dev.tidemill.cli.api.Api;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "fetch", description = "Writes the results of a batch that has ended.")
final class BatchFetch implements Callable<Integer> {
    @Mixin
    private final Access access = new Access();

    @Parameters(paramLabel = "ID")
    private String id = "";

    @Mixin
    private final BatchOutput output = new BatchOutput();

    @Mixin
    final HelpOption help = new HelpOption();

    @Override
    public Integer call() throws CommandFailed, InterruptedException {
        try (Api api = access.open()) {
            BatchState batch = new BatchRun(api, System.err).state(id);
            if (!batch.ended()) {
                throw new CommandFailed(
                        batch.summary() + " (expected: one that has ended; wait with tidemill batch watch " + id + ")");
            }
            output.fetch(api, batch);
            System.err.println(batch.summary());
        }
        return Exit.DONE;
    }
}
