package dev.tidemill.cli.batch;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.api.Api;
import dev.tidemill.cli.terminal.Progress;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** A batch from its file to its end, step by step. */
public final class BatchRun {
    private static final long FIRST_WAIT_MILLIS = 100;
    private static final long LONGEST_WAIT_MILLIS = 2_000;

    private final Api api;
    private final PrintStream err;

    /** @param err where progress goes */
    public BatchRun(Api api, PrintStream err) {
        this.api = api;
        this.err = err;
    }

    /** Uploads the file and makes a batch of it. */
    public BatchState submit(Path file, long bytes, String endpoint, String window)
            throws CommandFailed, InterruptedException {
        String id;
        try (Progress progress = Progress.of("upload", "KiB", err)) {
            id = api.upload(
                            file,
                            "batch",
                            sent -> progress.at(Math.min(sent, bytes) >> 10, 0, Math.max(1, bytes >> 10)))
                    .path("id")
                    .asString("");
        }
        ObjectNode body = Api.JSON.createObjectNode();
        body.put("input_file_id", id).put("endpoint", endpoint).put("completion_window", window);
        return new BatchState(api.post("/v1/batches", body));
    }

    public BatchState state(String id) throws CommandFailed, InterruptedException {
        return new BatchState(api.get(path(id)));
    }

    public BatchState cancel(String id) throws CommandFailed, InterruptedException {
        return new BatchState(api.post(path(id) + "/cancel", null));
    }

    /**
     * Waits for the batch's end, asking often at first.
     *
     * @param seen told each state that was asked for
     */
    public BatchState watch(String id, Consumer<BatchState> seen) throws CommandFailed, InterruptedException {
        long wait = FIRST_WAIT_MILLIS;
        try (Progress progress = Progress.of("batch", "lines", err)) {
            while (true) {
                BatchState state = state(id);
                seen.accept(state);
                progress.at(state.done(), state.failed(), state.total());
                if (state.ended()) {
                    return state;
                }
                Thread.sleep(wait);
                wait = Math.min(LONGEST_WAIT_MILLIS, wait + wait / 8);
            }
        }
    }

    private static String path(String id) {
        return "/v1/batches/" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    }
}
