package dev.tidemill.cli.demo;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.Exit;
import dev.tidemill.cli.api.Api;
import dev.tidemill.cli.api.StreamedChat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Run by the build: starts {@code serve} in a process of its own, does with it what a first user would, and ends it, so
 * that this process leaves an AOT cache of what a server loads and nothing else. Whatever is in that cache is in memory
 * from the start.
 */
@Command(name = "train", hidden = true)
public final class TrainCommand implements Callable<Integer> {
    private static final int LINES = 200;
    private static final long LONGEST_SECONDS = 60;
    private static final Duration TRAFFIC = Duration.ofSeconds(5);
    private static final int CLIENTS = 40;

    @Parameters(arity = "1..*", description = "The command that starts this program, as far as its main class.")
    private List<String> java = List.of();

    @Override
    public Integer call() throws CommandFailed, InterruptedException, IOException {
        try (Upstream upstream = Upstream.embedded("tokens=40");
                TemporaryFolder folder = TemporaryFolder.create()) {
            Path data = folder.path().resolve("data");
            Process serve = start(folder.path(), data, upstream);
            try {
                URI url = ready(serve);
                PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
                Demo demo = new Demo(
                        upstream.configuration(),
                        data,
                        "openai/gpt-4o-mini",
                        new Classification(LINES, 1),
                        nowhere,
                        nowhere);
                demo.ask(url);
                try (Api api = demo.api(url)) {
                    traffic(api);
                }
            } finally {
                serve.destroy();
                if (!serve.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                    serve.destroyForcibly();
                }
            }
        }
        return Exit.DONE;
    }

    /** Streams that come at once and event by event, so that the cache knows how both run and not only what they load. */
    private static void traffic(Api api) throws InterruptedException {
        long until = System.nanoTime() + TRAFFIC.toNanos();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) {
                String model = "openai/sim-tokens=50" + (i % 2 == 0 ? "" : "+speed=1000");
                clients.submit(() -> {
                    while (System.nanoTime() < until) {
                        StreamedChat.run(api, model, "How does a tide mill work?", piece -> {});
                    }
                    return null;
                });
            }
        }
    }

    private Process start(Path folder, Path data, Upstream upstream) throws IOException {
        Path configuration = folder.resolve("train.yaml");
        String provider = upstream.configuration()
                .configuration()
                .routes()
                .providers()
                .getFirst()
                .baseUrl()
                .toString();
        Files.writeString(configuration, """
                server: { listen: "127.0.0.1:0", admin: "127.0.0.1:0" }
                data: "%s"
                providers: { openai: { protocol: openai, base_url: "%s", keys: ["train"] } }
                models: { "openai/*": { targets: [{ provider: openai }] } }
                """.formatted(data, provider));
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of("serve", "-c", configuration.toString()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static URI ready(Process serve) throws IOException, CommandFailed {
        BufferedReader out = new BufferedReader(new InputStreamReader(serve.getInputStream(), StandardCharsets.UTF_8));
        for (String line; (line = out.readLine()) != null; ) {
            if (line.startsWith("tidemill ready: ")) {
                return URI.create(line.split(" ")[2]);
            }
        }
        throw new CommandFailed("serve ended before it was ready");
    }
}
