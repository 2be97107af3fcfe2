package dev.tidemill.cli.batch;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.Exit;
import dev.tidemill.cli.HelpOption;
import dev.tidemill.cli.api.Access;
import dev.tidemill.cli.api.Api;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;

@Command(name = "submit", description = "Uploads a JSONL file, makes a batch of it, prints the batch's id.")
final class BatchSubmit implements Callable<Integer> {
    @Mixin
    private final Access access = new Access();

    @Parameters(paramLabel = "FILE", description = "One request a line: custom_id, method, url, body.")
    private Path file = Path.of("");

    @Option(names = "--endpoint", description = "Left out: the url of the first line.")
    private @Nullable String endpoint;

    @Option(
            names = "--window",
            defaultValue = "24h",
            description = "Within which it has to be done, default ${DEFAULT-VALUE}.")
    private String window = "";

    @Option(names = "--watch", description = "Waits for its end, then fetches results as fetch does.")
    private boolean watch;

    @Option(names = "--json", description = "Batch objects as JSON instead of the id.")
    private boolean json;

    @Mixin
    private final BatchOutput output = new BatchOutput();

    @Mixin
    final HelpOption help = new HelpOption();

    @Override
    public Integer call() throws CommandFailed, InterruptedException {
        String to = endpoint == null ? endpointOfFirstLine() : endpoint;
        try (Api api = access.open()) {
            BatchRun run = new BatchRun(api, System.err);
            BatchState batch = run.submit(file, size(), to, window);
            boolean resultsOnStandardOutput = watch && output.output == null;
            (resultsOnStandardOutput ? System.err : System.out).println(json ? batch.json() : batch.id());
            return watch
                    ? BatchWatch.toTheEnd(api, run, batch.id(), json && !resultsOnStandardOutput, output)
                    : Exit.DONE;
        }
    }

    private long size() throws CommandFailed {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw unreadable();
        }
    }

    private String endpointOfFirstLine() throws CommandFailed {
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            String first = reader.readLine();
            String url =
                    first == null ? "" : Api.JSON.readTree(first).path("url").asString("");
            if (!url.isEmpty()) {
                return url;
            }
            throw CommandFailed.usage(
                    file + ":1: no url (expected: a request as {\"custom_id\": …, \"method\": \"POST\", \"url\":"
                            + " \"/v1/chat/completions\", \"body\": {…}})");
        } catch (JacksonException e) {
            throw CommandFailed.usage(file + ":1: no JSON (expected: one JSON object a line)");
        } catch (IOException e) {
            throw unreadable();
        }
    }

    private CommandFailed unreadable() {
        return CommandFailed.usage(file + ": cannot be read (expected: a JSONL file in UTF-8)");
    }
}
