package dev.tidemill.cli.demo;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.Exit;
import dev.tidemill.cli.HelpOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description =
                "The main job, ending by itself: a streamed answer, a batch with progress, its bill. Needs no account:"
                        + " without --provider a scripted one answers.")
public final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--provider",
            paramLabel = "NAME",
            description = "A real one whose key is in the environment, as openai.")
    private @Nullable String provider;

    @Option(names = "--model", paramLabel = "M", description = "One of its models.")
    private @Nullable String model;

    @Option(names = "--lines", defaultValue = "1000", description = "Lines of the batch, default ${DEFAULT-VALUE}.")
    private int lines;

    @Option(names = "--seed", defaultValue = "7", description = "Of the messages, default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--data", paramLabel = "DIR", description = "Keeps everything there; left out: a temporary folder.")
    private @Nullable Path data;

    @Mixin
    final HelpOption help = new HelpOption();

    @Override
    public Integer call() throws CommandFailed, InterruptedException, IOException {
        if (lines < 1 || lines > 50_000) {
            throw CommandFailed.usage("--lines " + lines + " (expected: 1 to 50000)");
        }
        if (provider != null && model == null) {
            throw CommandFailed.usage("--provider " + provider + " (expected: with --model, as --model gpt-4o-mini)");
        }
        String asked = (provider == null ? "openai" : provider) + "/" + (model == null ? "gpt-4o-mini" : model);
        try (Upstream upstream =
                provider == null ? Upstream.embedded(Upstream.USUAL) : Upstream.real(provider, System.getenv())) {
            if (provider == null) {
                System.out.println("Nothing here leaves this machine: a scripted provider answers as " + asked + ".");
            }
            if (data != null) {
                run(upstream, data, asked);
            } else {
                try (TemporaryFolder folder = TemporaryFolder.create()) {
                    run(upstream, folder.path(), asked);
                }
            }
        }
        goOn(asked);
        return Exit.DONE;
    }

    private void run(Upstream upstream, Path folder, String asked)
            throws CommandFailed, InterruptedException, IOException {
        new Demo(upstream.configuration(), folder, asked, new Classification(lines, seed), System.out, System.err)
                .run();
    }

    private void goOn(String asked) {
        System.out.println();
        System.out.println("Go on with a provider of yours:");
        System.out.println((provider == null ? "OPENAI_API_KEY=sk-... " : "") + "./tidemill serve");
        System.out.println(
                "curl http://127.0.0.1:8080/v1/chat/completions -H \"Authorization: Bearer $(./tidemill keys create --name me)\""
                        + " -H 'Content-Type: application/json' -d '{\"model\":\"" + asked
                        + "\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'");
    }
}
