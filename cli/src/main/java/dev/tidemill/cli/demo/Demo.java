package dev.tidemill.cli.demo;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.api.Api;
import dev.tidemill.cli.api.StreamedChat;
import dev.tidemill.cli.batch.BatchRun;
import dev.tidemill.cli.batch.BatchState;
import dev.tidemill.cli.keys.ServedKeys;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.server.RunningServer;
import dev.tidemill.server.Server;
import dev.tidemill.server.admin.KeyRequest;
import dev.tidemill.server.config.Outcome;
import dev.tidemill.store.AdminAccess;
import dev.tidemill.store.DataDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The main job from end to end, against whatever provider the configuration names. */
final class Demo {
    private static final String QUESTION =
            "Explain in three sentences how a tide mill works, and why it grinds only with the water that is left.";

    private final Outcome.Loaded configuration;
    private final Path data;
    private final String model;
    private final Classification work;
    private final PrintStream out;
    private final PrintStream err;

    /** @param out what the demo tells, {@code err} its progress */
    Demo(Outcome.Loaded configuration, Path data, String model, Classification work, PrintStream out, PrintStream err) {
        this.configuration = configuration.aside(data);
        this.data = data;
        this.model = model;
        this.work = work;
        this.out = out;
        this.err = err;
    }

    void run() throws CommandFailed, InterruptedException, IOException {
        try (RunningServer server = Server.start(configuration)) {
            out.println("relay on " + server.url() + ", data in " + data);
            ask(server.url());
            server.drain();
        }
    }

    /** The client's part, against a server whose data directory is {@code data}. */
    void ask(URI url) throws CommandFailed, InterruptedException, IOException {
        try (Api api = api(url)) {
            chat(api);
            batch(api);
        }
    }

    /** With a key of its own. */
    Api api(URI url) throws IOException, CommandFailed {
        return new Api(url, key());
    }

    private String key() throws IOException, CommandFailed {
        AdminAccess access = DataDirectory.published(data);
        if (access == null) {
            throw new CommandFailed("the server published no admin port in " + data);
        }
        try (ServedKeys keys = new ServedKeys(access)) {
            return keys.create(new KeyRequest(
                            "demo", "default", "default", List.of(), 0, 0, 0, Priority.HIGH, false, null))
                    .text();
        }
    }

    private void chat(Api api) throws CommandFailed, InterruptedException {
        out.println();
        out.println("1. A streamed answer from " + model);
        out.println("> " + QUESTION);
        StreamedChat chat = StreamedChat.run(api, model, QUESTION, piece -> {
            out.print(piece);
            out.flush();
        });
        out.println();
        out.println("  " + chat.summary());
    }

    private void batch(Api api) throws CommandFailed, InterruptedException, IOException {
        out.println();
        out.printf(Locale.ROOT, "2. A batch: %,d customer messages to classify%n", work.lines());
        Path input = data.resolve("demo-input.jsonl");
        Path results = data.resolve("demo-results.jsonl");
        work.write(input, model);
        BatchRun run = new BatchRun(api, err);
        long start = System.nanoTime();
        BatchState submitted = run.submit(input, Files.size(input), "/v1/chat/completions", "24h");
        BatchState end = run.watch(submitted.id(), state -> {});
        double seconds = (System.nanoTime() - start) / 1e9;
        if (!end.status().equals("completed") || end.file("output_file_id").isEmpty()) {
            throw new CommandFailed("the batch did not succeed: " + end.summary());
        }
        try (OutputStream to = Files.newOutputStream(results)) {
            api.download("/v1/files/" + end.file("output_file_id") + "/content", to);
        }
        work.read(results);
        out.printf(
                Locale.ROOT,
                "  %,d done and %,d failed in %.1f s, %.0f lines/s%n",
                work.answered(),
                end.failed(),
                seconds,
                work.answered() / seconds);
        out.println("  " + work.counts());
        work.samples(3).forEach(sample -> out.println("  " + sample));
        out.println();
        out.println("3. The bill: " + work.bill().text(PriceList.all()));
        if (end.failed() > 0 || work.answered() != work.lines()) {
            throw new CommandFailed("not every line has a result: " + end.summary());
        }
    }
}
