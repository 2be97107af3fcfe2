package dev.tidemill.bench.limits;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request that the relay let in, by its access log.
 *
 * @param in when it was let in, in µs of the epoch; the log is exact to a millisecond
 * @param out when it was over
 * @param bytes of its body
 * @param tokens that it cost, 0: not stated
 * @param sent whether it left for the provider; the time of one that is in a hurry may end before that
 */
record Passed(String model, long in, long out, long bytes, long tokens, boolean sent) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Up to where the limits of keys and models are looked at; a credential's are in the last. */
    private static final List<String> PHASES =
            List.of("authenticate", "read", "background", "locate", "route", "admit", "pick");

    /** Those of the models that are called so, of the log and what was moved aside of it. */
    static List<Passed> read(Path folder, Siege.Owner owner) throws IOException {
        String prefix = owner.word() + "-";
        Set<String> before = Set.copyOf(PHASES.subList(0, PHASES.size() - (owner == Siege.Owner.CREDENTIAL ? 0 : 1)));
        List<Passed> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.getFileName().toString().startsWith("access.log"))
                    .toList()) {
                try (Stream<String> lines = Files.lines(file)) {
                    lines.filter(line -> line.contains("\"model\":\"" + prefix))
                            .map(JSON::readTree)
                            .filter(line -> line.path("attempts").asInt() > 0)
                            .map(line -> of(line, before))
                            .forEach(all::add);
                }
            }
        }
        return all;
    }

    private static Passed of(JsonNode line, Set<String> before) {
        long out = Instant.parse(line.path("time").asString()).toEpochMilli() * 1000;
        long in = out - line.path("total_us").asLong();
        for (Map.Entry<String, JsonNode> phase : line.path("phases_us").properties()) {
            in += before.contains(phase.getKey()) ? phase.getValue().asLong() : 0;
        }
        JsonNode usage = line.path("usage");
        JsonNode tries = line.path("tries");
        return new Passed(
                line.path("model").asString(""),
                in,
                out,
                line.path("bytes_in").asLong(),
                usage.path("input").asLong(0) + usage.path("output").asLong(0),
                tries.isEmpty()
                        || tries.valueStream().anyMatch(one -> one.path("sent").asBoolean()));
    }
}
