package dev.tidemill.bench.micro;

import dev.tidemill.bench.Machine;
import java.util.Collection;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the JMH benchmarks and prints time and allocation of one operation. */
@Command(name = "micro", description = "Time and allocation of the parts that every request passes (JMH).")
public final class MicroCommand implements Callable<Integer> {
    private static final String ALLOCATION = "gc.alloc.rate.norm";

    @Parameters(
            arity = "0..1",
            description = "Which benchmarks, as a regular expression on Class.method (default: all).")
    private String which = ".*";

    @Option(names = "--quick", description = "One short fork; its figures are not to be quoted.")
    private boolean quick;

    @Option(names = "--json", description = "Also write JMH's own JSON to this file.")
    private String json = "";

    @Override
    public Integer call() throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("dev\\.tidemill\\.bench\\.micro\\." + which)
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .addProfiler(GCProfiler.class)
                .jvmArgs(
                        "-XX:+UseSerialGC",
                        "-Xms1g",
                        "-Xmx1g",
                        "-XX:+UseCompactObjectHeaders",
                        "--sun-misc-unsafe-memory-access=allow")
                .forks(quick ? 1 : 2)
                .warmupIterations(quick ? 2 : 5)
                .measurementIterations(quick ? 2 : 5)
                .warmupTime(TimeValue.milliseconds(quick ? 300 : 1000))
                .measurementTime(TimeValue.milliseconds(quick ? 300 : 1000))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        if (!json.isEmpty()) {
            options.resultFormat(ResultFormatType.JSON).result(json);
        }
        Collection<RunResult> results = new Runner(options.build()).run();
        if (results.isEmpty()) {
            throw new IllegalStateException("%s: no such benchmark (expected: part of Class.method)".formatted(which));
        }
        System.out.printf("%s%n%n", Machine.here());
        System.out.println("| benchmark | with | ns | ± | bytes allocated |");
        System.out.println("|---|---|--:|--:|--:|");
        results.forEach(MicroCommand::print);
        if (quick) {
            System.out.println("\nA quick run: too short to quote.");
        }
        return 0;
    }

    private static void print(RunResult result) {
        String name = result.getParams().getBenchmark();
        TreeMap<String, String> with = new TreeMap<>();
        result.getParams()
                .getParamsKeys()
                .forEach(key -> with.put(key, result.getParams().getParam(key)));
        Result<?> time = result.getPrimaryResult();
        Result<?> bytes = result.getSecondaryResults().get(ALLOCATION);
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %.0f | %.0f | %.0f |%n",
                name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1)
                        .replace("Bench.", " "),
                with.isEmpty() ? "" : with.toString().replace("{", "").replace("}", ""),
                time.getScore(),
                time.getScoreError(),
                bytes == null ? Double.NaN : bytes.getScore());
    }
}
