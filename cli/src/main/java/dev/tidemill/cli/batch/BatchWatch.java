package dev.tidemill.cli.batch;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.Exit;
import dev.tidemill.cli.HelpOption;
import dev.tidemill.cli.api.Access;
import dev.tidemill.cli.api.Api;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "watch",
        description = "Shows progress until the batch ends. Exit code 0 when it completed without a failed line.")
final class BatchWatch implements Callable<Integer> {
    @Mixin
    private final Access access = new Access();

    @Parameters(paramLabel = "ID")
    private String id = "";

    @Option(names = "--json", description = "Each new state as one JSON object a line.")
    private boolean json;

    @Mixin
    final HelpOption help = new HelpOption();

    @Override
    public Integer call() throws CommandFailed, InterruptedException {
        try (Api api = access.open()) {
            return toTheEnd(api, new BatchRun(api, System.err), id, json, null);
        }
    }

    /** @param output where results go at the end; null: they stay */
    static int toTheEnd(Api api, BatchRun run, String id, boolean json, @Nullable BatchOutput output)
            throws CommandFailed, InterruptedException {
        String[] last = {""};
        BatchState end = run.watch(id, state -> {
            String text = state.json().toString();
            if (json && !text.equals(last[0])) {
                System.out.println(text);
            }
            last[0] = text;
        });
        System.err.println(end.summary());
        if (output != null) {
            output.fetch(api, end);
        }
        return end.status().equals("completed") && end.failed() == 0 ? Exit.DONE : Exit.FAILED;
    }
}
