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
 * @param cut whether it broke off after its first words
 * @param failed the targets that were asked in vain, in order, and why
 */
record Logged(Instant begun, @Nullable String target, boolean cut, int attempts, List<Failed> failed) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** @param ended had it and those before it been asked without a pause */
    record Failed(String target, String code, Instant ended) {}

    static List<Logged> read(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.map(JSON::readTree)
                    .filter(line -> line.path("model").asString("").equals(FailoverCommand.MODEL))
                    .map(Logged::of)
                    .toList();
        }
    }

    private static Logged of(JsonNode line) {
        Instant begun = Instant.parse(line.path("time").asString())
                .minusNanos(line.path("total_us").asLong() * 1000);
        List<Failed> failed = new ArrayList<>();
        Instant ended = begun;
        for (JsonNode one : line.path("tries")) {
            ended = ended.plusMillis(one.path("ms").asLong());
            failed.add(
                    new Failed(one.path("target").asString(""), one.path("code").asString(""), ended));
        }
        return new Logged(
                begun,
                line.path("target").asString(null),
                line.path("status").asInt() == 200 && line.has("failure"),
                line.path("attempts").asInt(),
                failed);
    }

    /** Where it was tried first, null: nowhere. */
    @Nullable
    String first() {
        return failed.isEmpty() ? target : failed.getFirst().target();
    }

    boolean tried(String wanted) {
        return wanted.equals(target)
                || failed.stream().anyMatch(one -> one.target().equals(wanted));
    }
}
