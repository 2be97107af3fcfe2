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

/** Recorded streams in a folder: raw ones, and {@code *.chunks.txt} with the JSON of one event a line. */
public final class Recordings {
    private static final int LONGEST = 16 << 20;

    private Recordings() {}

    /** Those of the four APIs, by name. */
    public static List<Recording> in(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile)
                    .filter(Recordings::mayBeOne)
                    .sorted()
                    .toList();
        }
        List<Recording> found = new ArrayList<>();
        for (Path file : files) {
            Recording recording = read(folder.relativize(file).toString(), file);
            if (recording != null) {
                found.add(recording);
            }
        }
        return found;
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
            api = json.isBlank() ? null : Recording.api(Event.parsed(json));
            if (api != null || !json.isBlank()) {
                break;
            }
        }
        return api == null ? null : Recording.of(name, api, raw ? text : framed(api, text));
    }

    /** As the API frames its events. */
    private static String framed(Api api, String lines) {
        StringBuilder stream = new StringBuilder(lines.length() + 4_096);
        lines.lines().filter(line -> !line.isBlank()).forEach(line -> {
            if (api == Api.RESPONSES || api == Api.MESSAGES) {
                String type = Event.parsed(line).path("type").asString("");
                stream.append("event: ").append(type).append('\n');
            }
            stream.append("data: ").append(line).append(api == Api.GEMINI ? "\r\n\r\n" : "\n\n");
        });
        return api == Api.CHAT ? stream.append("data: [DONE]\n\n").toString() : stream.toString();
    }
}
