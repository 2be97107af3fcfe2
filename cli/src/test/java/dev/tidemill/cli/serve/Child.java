package dev.tidemill.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code tidemill} as a process of its own, on the class path of the tests. */
final class Child implements AutoCloseable {
    private static final Pattern READY =
            Pattern.compile("tidemill ready: (http://127\\.0\\.0\\.1:\\d+) \\(admin (http://127\\.0\\.0\\.1:\\d+)\\)");
    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final BufferedReader out;
    private final Path err;

    private Child(Process process, Path err) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.err = err;
    }

    static Child start(Path folder, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.tidemill.cli.Main"));
        command.addAll(List.of(arguments));
        Path err = Files.createTempFile(folder, "child", ".err");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        return new Child(builder.start(), err);
    }

    /** What it printed until it ended with 0. */
    static String run(Path folder, Map<String, String> environment, String... arguments) throws Exception {
        try (Child child = start(folder, environment, arguments)) {
            String text = child.rest();
            assertThat(child.exit()).as(child.err()).isZero();
            return text;
        }
    }

    /** Waits for the line that says it accepts connections. */
    Served ready() throws IOException {
        String line = String.valueOf(out.readLine());
        Matcher ready = READY.matcher(line);
        assertThat(ready.matches()).as(line + "\n" + err()).isTrue();
        return new Served(ready.group(1), ready.group(2));
    }

    /** The rest of its standard output, to its end. */
    String rest() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c; (c = out.read()) >= 0; ) {
            text.append((char) c);
        }
        return text.toString();
    }

    String err() throws IOException {
        return Files.readString(err);
    }

    int exit() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("ends by itself")
                .isTrue();
        return process.exitValue();
    }

    boolean runs() {
        return process.isAlive();
    }

    /** As {@code kill -NAME}. */
    void signal(String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
