package dev.tidemill.bench.caller;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A batch as one answer told it.
 *
 * @param chargedTwice {@code lines_possibly_charged_twice}, 0 where it is not told
 * @param errors why validation failed, as JSON; empty when it did not
 */
public record BatchState(
        String id,
        String status,
        long total,
        long completed,
        long failed,
        @Nullable String outputFile,
        @Nullable String errorFile,
        long chargedTwice,
        String errors) {
    private static final Set<String> ENDED = Set.of("completed", "failed", "expired", "cancelled");

    static BatchState of(JsonNode json) {
        JsonNode twice = json.findValue("lines_possibly_charged_twice");
        return new BatchState(
                json.path("id").asString(),
                json.path("status").asString(),
                json.at("/request_counts/total").asLong(0),
                json.at("/request_counts/completed").asLong(0),
                json.at("/request_counts/failed").asLong(0),
                text(json.path("output_file_id")),
                text(json.path("error_file_id")),
                twice == null ? 0 : twice.asLong(0),
                json.path("errors").isObject() ? json.path("errors").toString() : "");
    }

    public boolean ended() {
        return ENDED.contains(status);
    }

    /** Whether all lines of the input have been read and accepted. */
    public boolean validated() {
        return !"validating".equals(status) && !"failed".equals(status);
    }

    private static @Nullable String text(JsonNode node) {
        return node.isString() ? node.stringValue() : null;
    }
}
