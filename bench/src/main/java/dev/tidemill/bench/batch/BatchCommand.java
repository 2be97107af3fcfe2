package dev.tidemill.bench.batch;

import dev.tidemill.bench.Machine;
import dev.tidemill.bench.caller.BatchState;
import dev.tidemill.bench.caller.Caller;
import dev.tidemill.bench.caller.InputFile;
import dev.tidemill.bench.caller.Results;
import dev.tidemill.bench.process.Site;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Runs one batch over a provider that answers at once, so that what is measured is the engine. */
@Command(name = "batch", description = "Lines a second through the batch engine, over a provider that answers at once.")
public final class BatchCommand implements Callable<Integer> {
    private static final int POLL_MILLIS = 25;

    @Option(names = "--lines", description = "Lines of the batch (default: ${DEFAULT-VALUE}).")
    private int lines = 20_000;

    @Option(
            names = "--line-bytes",
            description = "Length of a line, 0: as short as can be (default: ${DEFAULT-VALUE}).")
    private int lineBytes = 600;

    @Option(names = "--limit", description = "Seconds after which the bench gives up (default: ${DEFAULT-VALUE}).")
    private int limitSeconds = 900;

    @Option(names = "--json", description = "Print JSON instead of a table.")
    private boolean json;

    /** What was found; seconds. {@code run} ends with the last line's result, {@code finish} with the files. */
    private record Figures(
            Machine machine,
            int lines,
            long inputBytes,
            double upload,
            double validate,
            double run,
            double finish,
            double linesPerSecond,
            double cpuMicrosPerLine,
            long peakRssBytes) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Site site = Site.open("batch");
                var serving = site.serve(Map.of());
                Caller caller = site.caller()) {
            InputFile input = new InputFile(site.file("input.jsonl"), "line", lines, "sim", lineBytes).write();
            long start = System.nanoTime();
            String file = caller.upload(input.path());
            long uploaded = System.nanoTime();
            BatchState batch = caller.createBatch(file, "bench");
            long validated = 0;
            long ran = 0;
            long cpu = serving.child().cpuMicros();
            while (!batch.ended()) {
                if (System.nanoTime() - start > Duration.ofSeconds(limitSeconds).toNanos()) {
                    throw new IllegalStateException("not done after %d s: %s".formatted(limitSeconds, batch));
                }
                Thread.sleep(POLL_MILLIS);
                batch = caller.batch(batch.id());
                long now = System.nanoTime();
                validated = validated == 0 && batch.validated() ? now : validated;
                ran = ran == 0 && batch.completed() + batch.failed() >= lines ? now : ran;
            }
            long ended = System.nanoTime();
            cpu = serving.child().cpuMicros() - cpu;
            List<String> faults = Results.of(caller, batch, site.file("")).faults(input, batch);
            if (!faults.isEmpty() || batch.failed() > 0) {
                throw new IllegalStateException(
                        "the batch went wrong: %s%n%s".formatted(batch, String.join("\n", faults)));
            }
            ran = ran == 0 ? ended : ran;
            print(new Figures(
                    Machine.here(),
                    lines,
                    input.path().toFile().length(),
                    seconds(uploaded - start),
                    seconds(validated - uploaded),
                    seconds(ran - validated),
                    seconds(ended - ran),
                    lines / seconds(ran - validated),
                    (double) cpu / lines,
                    serving.child().peakRssBytes()));
            return 0;
        }
    }

    private void print(Figures figures) {
        if (json) {
            System.out.println(
                    JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(figures));
            return;
        }
        System.out.printf("%s%n%n", figures.machine());
        System.out.println("| lines | input | upload | validate | run | lines/s | finish | CPU a line | peak RSS |");
        System.out.println("|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        System.out.printf(
                "| %d | %.1f MB | %.2f s | %.2f s | %.2f s | **%.0f** | %.2f s | %.0f µs | %d MB |%n",
                figures.lines(),
                figures.inputBytes() / 1e6,
                figures.upload(),
                figures.validate(),
                figures.run(),
                figures.linesPerSecond(),
                figures.finish(),
                figures.cpuMicrosPerLine(),
                figures.peakRssBytes() >> 20);
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }
}
