package dev.tidemill.cli.batch;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.Exit;
import dev.tidemill.cli.HelpOption;
import dev.tidemill.cli.api.Access;
import dev.tidemill.cli.api.Api;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

@Command(name = "list", description = "The key's batches, newest first.")
final class BatchList implements Callable<Integer> {
    @Mixin
    private final Access access = new Access();

    @Option(names = "--limit", defaultValue = "20", description = "1 to 100, default ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Mixin
    final HelpOption help = new HelpOption();

    @Override
    public Integer call() throws CommandFailed, InterruptedException {
        if (limit < 1 || limit > 100) {
            throw CommandFailed.usage("--limit " + limit + " (expected: 1 to 100)");
        }
        try (Api api = access.open()) {
            JsonNode batches = api.get("/v1/batches?limit=" + limit).path("data");
            for (JsonNode batch : batches) {
                BatchState state = new BatchState(batch);
                System.out.println(
                        json
                                ? batch.toString()
                                : Instant.ofEpochSecond(batch.path("created_at").asLong(0)) + "  " + state.summary());
            }
            if (batches.isEmpty() && !json) {
                System.err.println("no batches yet; make one with: tidemill batch submit FILE");
            }
        }
        return Exit.DONE;
    }
}
