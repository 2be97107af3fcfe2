package dev.tidemill.cli.demo;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.Exit;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * A small demo without a word, run by the build: the classes it loads and the profiles it leaves go into the AOT cache that
 * later starts take them from.
 */
@Command(name = "train", hidden = true)
public final class TrainCommand implements Callable<Integer> {
    private static final int LINES = 200;
    private static final long LONGEST_MILLIS = 60_000;

    @Override
    public Integer call() throws CommandFailed, InterruptedException, IOException {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                Thread.sleep(LONGEST_MILLIS);
                Runtime.getRuntime().halt(Exit.FAILED);
            } catch (InterruptedException e) {
                // nobody does
            }
        });
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        try (Upstream upstream = Upstream.embedded("tokens=40");
                TemporaryFolder folder = TemporaryFolder.create()) {
            new Demo(
                            upstream.configuration(),
                            folder.path(),
                            "openai/gpt-4o-mini",
                            new Classification(LINES, 1),
                            nowhere,
                            nowhere)
                    .run();
        }
        return Exit.DONE;
    }
}
