package dev.tidemill.bench;

import dev.tidemill.bench.process.Tidemill;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** What figures belong to: without it they mean nothing. */
public record Machine(String cpu, int cores, String kernel, String jdk, String date, String commit) {
    public static Machine here() {
        return new Machine(
                cpuModel(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                Runtime.version().toString(),
                LocalDate.now(ZoneOffset.UTC).toString(),
                currentCommit());
    }

    @Override
    public String toString() {
        return "%s, %d cores, %s, JDK %s, %s, commit %s".formatted(cpu, cores, kernel, jdk, date, commit);
    }

    private static String cpuModel() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        } catch (IOException e) {
            // Not Linux, or no /proc: the architecture is all there is to say.
        }
        return System.getProperty("os.arch");
    }

    private static String currentCommit() {
        String head = git("rev-parse", "--short", "HEAD");
        return head.isEmpty() ? "unknown" : head + (git("status", "--porcelain").isEmpty() ? "" : " with changes");
    }

    private static String git(String... arguments) {
        try {
            List<String> command = new ArrayList<>(List.of("git"));
            command.addAll(List.of(arguments));
            Process git = new ProcessBuilder(command)
                    .directory(Tidemill.home().toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
