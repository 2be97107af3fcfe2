package dev.tidemill.bench.fuzz;

import dev.tidemill.bench.proof.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Looks for inputs of which something does not hold that must hold of all. */
@Command(name = "fuzz", description = "The parsers under a coverage-guided fuzzer, each held to its invariants.")
public final class FuzzCommand implements Callable<Integer> {
    @Option(names = "--seconds", description = "For each target (default: ${DEFAULT-VALUE}).")
    private int seconds = 60;

    @Option(
            names = "--target",
            split = ",",
            converter = FuzzTarget.Converter.class,
            paramLabel = "NAME",
            description =
                    "Which: sse, json, chunked, head, rate-limits, gemini-array (default: all, one after the other).")
    private @Nullable List<FuzzTarget> targets;

    @Option(names = "--seed", description = "Of the fuzzer's choices (default: another each time).")
    private long seed = System.nanoTime();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (seconds < 1) {
            throw new IllegalArgumentException("seconds: " + seconds + " (expected: >= 1)");
        }
        Verdict verdict = new Verdict("fuzz", "no input breaks what must hold of a parser", seed);
        for (FuzzTarget target : targets == null ? List.of(FuzzTarget.values()) : targets) {
            System.err.println(target.lower() + ": " + seconds + " s …");
            Campaign.Outcome outcome = new Campaign(target).run(seconds, seed);
            verdict.figure(target.lower(), outcome.figures());
            outcome.findings().forEach(verdict::fault);
        }
        return verdict.close();
    }
}
