package dev.tidemill.relay;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Recorded answers beside the repository: system property {@code tidemill.fixtures}, or {@code shared/fixtures} next to a parent folder. */
final class Recordings {
    private Recordings() {}

    /** The folder; the test is skipped when there is none. */
    static Path root() {
        String given = System.getProperty("tidemill.fixtures");
        if (given != null) {
            return Path.of(given);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path candidate = at.resolve("shared/fixtures");
            if (Files.isDirectory(candidate)) {
                return candidate;
            }
        }
        return abort("no recorded data: shared/fixtures is not beside the repository and tidemill.fixtures is not set");
    }

    /** Every recorded stream of Chat Completions. */
    static List<Path> chatStreams() throws IOException {
        try (Stream<Path> all = Files.walk(root().resolve("streams"))) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().contains("/responses/"))
                    .filter(Recordings::isChatStream)
                    .sorted()
                    .toList();
        }
    }

    private static boolean isChatStream(Path file) {
        String name = file.toString();
        boolean may = name.endsWith(".chunks.txt") || name.endsWith(".sse") || name.contains("/stream-");
        return may && text(file).contains("\"chat.completion.chunk\"");
    }

    /** The stream as its provider sends it. */
    static String stream(Path file) {
        if (!file.toString().endsWith(".chunks.txt")) {
            return text(file);
        }
        StringBuilder events = new StringBuilder();
        text(file).lines().filter(line -> !line.isBlank()).forEach(line -> events.append(Script.event(line)));
        return events.append(Script.DONE).toString();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(file.toString(), e);
        }
    }
}
