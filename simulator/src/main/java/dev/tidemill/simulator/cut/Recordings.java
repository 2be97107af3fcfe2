package dev.tidemill.simulator.cut;

import dev.tidemill.simulator.relayed.Api;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Recorded streams in a folder: raw ones, and {@code *.chunks.txt} with the JSON of one event a line.
 *
 * @param streams those of the four APIs, by name
 * @param others the names of those of other APIs
 */
public record Recordings(List<Recording> streams, List<String> others) {
    private static final int LONGEST = 16 << 20;

    /** Folders of providers and APIs that speak none of the four. */
    private static final List<String> OTHER_APIS =
            List.of("amazon-bedrock/", "cohere/", "interactions/", "ollama/", "speech-translation/");

    /** {@code shared/fixtures/streams} next to this folder or one of its parents, null: there is none. */
    public static @Nullable Path beside() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path candidate = at.resolve("shared/fixtures/streams");
            if (Files.isDirectory(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    /** @throws IOException also when a stream is of none of the four APIs, and not in a folder of another */
    public static Recordings in(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile)
                    .filter(Recordings::mayBeOne)
                    .sorted()
                    .toList();
        }
        List<Recording> streams = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (Path file : files) {
            String name = folder.relativize(file).toString();
            Recording recording = read(name, file);
            if (recording != null) {
                streams.add(recording);
            } else if (OTHER_APIS.stream().anyMatch(name::contains)) {
                others.add(name);
            } else {
                throw new IOException(file + ": a stream of no known API (expected: one of the four, or a folder of "
                        + OTHER_APIS + ")");
            }
        }
        return new Recordings(streams, others);
    }

    private static boolean mayBeOne(Path file) {
        String name = file.toString();
        return name.endsWith(".chunks.txt") || name.endsWith(".sse") || name.contains("/stream-");
    }

    private static @Nullable Recording read(String name, Path file) throws IOException {
        if (Files.size(file) > LONGEST) {
            throw new IOException(file + ": " + Files.size(file) + " bytes (expected: at most " + LONGEST + ")");
        }
        String text = Files.readString(file, StandardCharsets.UTF_8);
        boolean raw = !name.endsWith(".chunks.txt");
        Api api = null;
        for (String line : text.lines().toList()) {
            String json = raw ? line.startsWith("data:") ? line.substring(5) : "" : line;
            api = json.isBlank() ? null : Recording.api(event(json));
            if (api != null || !json.isBlank()) {
                break;
            }
        }
        return api == null ? null : Recording.of(name, api, raw ? text : framed(api, text));
    }

    /** One recorded stream has events without their last brace; what they are can be told all the same. */
    private static JsonNode event(String json) {
        JsonNode event = Event.parsed(json);
        return event.isEmpty() ? Event.parsed(json + "}") : event;
    }

    /** As the API frames its events. */
    private static String framed(Api api, String lines) {
        StringBuilder stream = new StringBuilder(lines.length() + 4_096);
        lines.lines().filter(line -> !line.isBlank()).forEach(line -> {
            if (api == Api.RESPONSES || api == Api.MESSAGES) {
                String type = event(line).path("type").asString("");
                stream.append("event: ").append(type).append('\n');
            }
            stream.append("data: ").append(line).append(api == Api.GEMINI ? "\r\n\r\n" : "\n\n");
        });
        return api == Api.CHAT ? stream.append("data: [DONE]\n\n").toString() : stream.toString();
    }
}
