package dev.tidemill.bench.fuzz;

import dev.tidemill.bench.process.Child;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One target under Jazzer for some time, in a process of its own. What it finds interesting is kept in {@code target/fuzz/NAME/corpus}, and the
 * next campaign starts from that, too; an input that breaks something is left beside it.
 */
final class Campaign {
    /** The longest one input may take. */
    private static final int TIMEOUT = 10;

    private static final String SOURCES = "bench/src/main/resources/dev/tidemill/bench/fuzz/";
    private static final int MAX_LENGTH = 16 * 1024;
    private static final Duration START_AND_END = Duration.ofMinutes(2);
    private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in (\\d+) second");
    private static final Pattern STATE = Pattern.compile("cov: (\\d+) ft: (\\d+) corp: (\\d+)/");

    private final FuzzTarget target;
    private final Path folder;

    Campaign(FuzzTarget target) {
        this.target = target;
        this.folder = Path.of("target", "fuzz", target.lower()).toAbsolutePath();
    }

    /**
     * @param figures as the process told them
     * @param findings inputs that broke the target, or why it ended otherwise; empty when all is well
     */
    record Outcome(String figures, List<String> findings) {}

    Outcome run(int seconds, long seed) throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        List<Path> before = broken();
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + Fuzzed.class.getName(),
                "--target_args=" + target.lower(),
                "--instrumentation_includes=dev.tidemill.**",
                "--custom_hook_includes=dev.tidemill.**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-max_total_time=" + seconds,
                "-timeout=" + TIMEOUT,
                "-max_len=" + MAX_LENGTH,
                "-rss_limit_mb=0",
                "-seed=" + Math.floorMod(seed, Integer.MAX_VALUE),
                "-print_final_stats=1",
                corpus.toString(),
                target.folder().toString());
        try (Child jazzer = Child.start("jazzer", folder.resolve("log"), command, Map.of())) {
            int code = jazzer.await(Duration.ofSeconds(seconds).plus(START_AND_END));
            List<String> findings = broken().stream()
                    .filter(path -> !before.contains(path))
                    .map(path -> target.lower() + ": " + path + " (keep it in " + SOURCES + target.lower() + ")")
                    .toList();
            if (code != 0 && findings.isEmpty()) {
                findings = List.of(target.lower() + ": the fuzzer ended with exit code " + code + "; its last lines:\n"
                        + jazzer.tail());
            }
            return new Outcome(figures(jazzer.output()), findings);
        }
    }

    private List<Path> broken() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(path -> path.getFileName().toString().matches("(crash|timeout|oom|leak|slow-unit)-.*"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String figures(String output) {
        String runs = DONE.matcher(output)
                .results()
                .reduce((first, last) -> last)
                .map(done -> done.group(1) + " inputs in " + done.group(2) + " s")
                .orElse("not finished");
        String state = STATE.matcher(output)
                .results()
                .reduce((first, last) -> last)
                .map((MatchResult last) -> ", " + last.group(1) + " branches, " + last.group(3) + " inputs kept")
                .orElse("");
        return runs + state;
    }
}
