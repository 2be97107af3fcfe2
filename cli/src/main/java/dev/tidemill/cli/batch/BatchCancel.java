package dev.tidemill.cli.batch;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.Exit;
import dev.tidemill.cli.HelpOption;
import dev.tidemill.cli.api.Access;
import dev.tidemill.cli.api.Api;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "cancel", description = "Stops a batch; results that are there stay.")
final class BatchCancel implements Callable<Integer> {
    @Mixin
    private final Access access = new Access();

    @Parameters(paramLabel = "ID")
    private String id = "";

    @Option(names = "--json", description = "The batch object as JSON.")
    private boolean json;

    @Mixin
    final HelpOption help = new HelpOption();

    @Override
    public Integer call() throws CommandFailed, InterruptedException {
        try (Api api = access.open()) {
            BatchState batch = new BatchRun(api, System.err).cancel(id);
            System.out.println(json ? batch.json().toString() : batch.summary());
        }
        return Exit.DONE;
    }
}
