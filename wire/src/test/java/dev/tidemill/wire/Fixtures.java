package dev.tidemill.wire;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Recorded data beside the repository: system property {@code tidemill.fixtures}, or {@code shared/fixtures} next to a parent folder. */
public final class Fixtures {
    private static final Pattern TYPE = Pattern.compile("\"type\"\\s*:\\s*\"([^\"]+)\"");

    private Fixtures() {}

    /** The folder; the test is skipped when there is none. */
    public static Path root() {
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

    public static List<Path> files(String folder, String ending) {
        try (Stream<Path> all = Files.walk(root().resolve(folder))) {
            return all.filter(p -> p.toString().endsWith(ending)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] bytes(String file) {
        return bytes(root().resolve(file));
    }

    /** The payloads of a {@code .chunks.txt}, one a line. */
    public static List<String> payloads(Path file) {
        return new String(bytes(file), StandardCharsets.UTF_8)
                .lines()
                .filter(l -> !l.isBlank())
                .toList();
    }

    /** A {@code .chunks.txt} framed as its provider sends it; any other file as it is. */
    public static byte[] stream(Path file) {
        if (!file.toString().endsWith(".chunks.txt")) {
            return bytes(file);
        }
        String path = file.toString();
        boolean gemini = path.contains("/google/");
        boolean named = path.contains("/anthropic/") || path.contains("/responses/");
        boolean chat = !gemini && !named;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String payload : payloads(file)) {
            Matcher type = TYPE.matcher(payload);
            if (named && type.find()) {
                out.writeBytes(("event: " + type.group(1) + "\n").getBytes(StandardCharsets.UTF_8));
            }
            out.writeBytes(("data: " + payload + (gemini ? "\r\n\r\n" : "\n\n")).getBytes(StandardCharsets.UTF_8));
        }
        if (chat) {
            out.writeBytes("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    /** All recorded event streams. */
    public static List<Path> streams() {
        return Stream.of(
                        files("streams/vercel-ai", ".chunks.txt").stream(),
                        files("streams/vercel-ai", ".sse").stream(),
                        files("streams/prism", ".sse").stream(),
                        files("streams/prism", ".json").stream())
                .flatMap(s -> s)
                .toList();
    }
}
