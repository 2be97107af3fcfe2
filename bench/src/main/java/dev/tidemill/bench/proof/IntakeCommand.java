package dev.tidemill.bench.proof;

import dev.tidemill.bench.caller.BatchState;
import dev.tidemill.bench.caller.Caller;
import dev.tidemill.bench.caller.InputFile;
import dev.tidemill.bench.process.Site;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A file larger than half the heap goes in and is validated line by line, in a heap that could not hold it and its copies. */
@Command(name = "intake", description = "A 100 MB batch file of 50,000 lines through a 256 MB heap.")
public final class IntakeCommand implements Callable<Integer> {
    private static final int MEBIBYTE = 1 << 20;

    @Option(names = "--lines", description = "Lines of the file (default: ${DEFAULT-VALUE}).")
    private int lines = 50_000;

    @Option(names = "--megabytes", description = "Size of the file (default: ${DEFAULT-VALUE}).")
    private int megabytes = 100;

    @Option(names = "--heap", description = "Heap of the relay (default: ${DEFAULT-VALUE}).")
    private String heap = "256m";

    @Option(names = "--limit", description = "Seconds that validation may take (default: ${DEFAULT-VALUE}).")
    private int limit = 300;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Verdict verdict = new Verdict("intake", "a large file is taken in and validated in little memory", 0);
        try (Site site = Site.open("intake");
                var serving = site.serve(Map.of("TIDEMILL_JAVA_OPTS", "-Xmx" + heap));
                Caller caller = site.caller()) {
            int lineBytes = (int) ((long) megabytes * MEBIBYTE / lines) - 1;
            // Slow answers, so that the lines do not begin to run away under what is measured.
            InputFile input = new InputFile(site.file("input.jsonl"), "line", lines, "sim-ttft=5m", lineBytes).write();
            long start = System.nanoTime();
            String file = caller.upload(input.path());
            long uploaded = System.nanoTime();
            BatchState batch = caller.createBatch(file, "intake");
            while ("validating".equals(batch.status()) && System.nanoTime() - uploaded < limit * 1e9) {
                Thread.sleep(50);
                batch = caller.batch(batch.id());
            }
            long validated = System.nanoTime();
            verdict.figure(
                    "file",
                    "%d lines, %.1f MB"
                            .formatted(lines, (double) input.path().toFile().length() / MEBIBYTE));
            verdict.figure("upload", "%.2f s".formatted((uploaded - start) / 1e9));
            verdict.figure("validation", "%.2f s".formatted((validated - uploaded) / 1e9));
            verdict.figure("status", "%s, %d lines".formatted(batch.status(), batch.total()));
            verdict.figure(
                    "peak RSS",
                    "%d MB with a heap of %s".formatted(serving.child().peakRssBytes() / MEBIBYTE, heap));
            if (!batch.validated() || batch.total() != lines) {
                verdict.fault("%s (expected: validated, total %d)".formatted(batch, lines));
            }
        }
        return verdict.close();
    }
}
