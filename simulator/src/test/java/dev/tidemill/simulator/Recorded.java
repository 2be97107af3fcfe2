package dev.tidemill.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;

/** Streams of real providers, where the folder with them is beside the sources. */
final class Recorded {
    private Recorded() {}

    static List<Spoken.Event> events(String name) throws IOException {
        String given = System.getProperty("tidemill.fixtures");
        Path folder = given == null ? beside() : Path.of(given);
        Path file = folder == null ? null : folder.resolve("streams").resolve(name);
        Assumptions.assumeTrue(file != null && Files.exists(file), "no recorded stream " + name);
        String text = Files.readString(file);
        if (text.startsWith("{")) {
            List<Spoken.Event> events = new ArrayList<>();
            text.lines().filter(line -> !line.isBlank()).forEach(line -> events.add(new Spoken.Event(null, line)));
            return events;
        }
        return Spoken.events(text.replace("}\ndata: ", "}\n\ndata: "));
    }

    private static Path beside() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("shared/fixtures"))) {
            folder = folder.getParent();
        }
        return folder == null ? null : folder.resolve("shared/fixtures");
    }

    /** The types of events in their order, each run of the same type once, pings left out. */
    static List<String> order(List<Spoken.Event> events) {
        List<String> order = new ArrayList<>();
        for (Spoken.Event event : events) {
            String type = event.type();
            if (!type.equals("ping") && (order.isEmpty() || !order.getLast().equals(type))) {
                order.add(type);
            }
        }
        return order;
    }

    /** The paths of all fields of the events of one type; items of arrays share one path. */
    static Set<String> fields(List<Spoken.Event> events, String type) {
        Set<String> fields = new TreeSet<>();
        for (Spoken.Event event : events) {
            if (event.type().equals(type)) {
                collect(event.json(), "", fields);
            }
        }
        return fields;
    }

    static void collect(JsonNode node, String path, Set<String> into) {
        if (node.isObject()) {
            node.propertyStream().forEach(entry -> {
                into.add(path + "/" + entry.getKey());
                collect(entry.getValue(), path + "/" + entry.getKey(), into);
            });
        } else if (node.isArray()) {
            node.forEach(item -> collect(item, path + "[]", into));
        }
    }
}
