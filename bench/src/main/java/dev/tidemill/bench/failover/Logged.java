package dev.tidemill.bench.failover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A line of the relay's access log.
 *
 * @param failed the targets that were asked in vain, in order, and why
 */
record Logged(Instant begun, @Nullable String target, int attempts, List<Failed> failed) {
    private static final JsonMapper JSON = JsonMapper.shared();

    record Failed(String target, String code) {}

    static List<Logged> read(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.map(JSON::readTree)
                    .filter(line -> line.path("model").asString("").equals(FailoverCommand.MODEL))
                    .map(Logged::of)
                    .toList();
        }
    }

    private static Logged of(JsonNode line) {
        List<Failed> failed = new ArrayList<>();
        for (JsonNode one : line.path("tries")) {
            failed.add(
                    new Failed(one.path("target").asString(""), one.path("code").asString("")));
        }
        return new Logged(
                Instant.parse(line.path("time").asString())
                        .minusNanos(line.path("total_us").asLong() * 1000),
                line.path("target").asString(null),
                line.path("attempts").asInt(),
                failed);
    }

    /** Where it was tried first, null: nowhere. */
    @Nullable
    String first() {
        return failed.isEmpty() ? target : failed.getFirst().target();
    }
}
