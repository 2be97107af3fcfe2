package dev.tidemill.cli.batch;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A batch as the relay tells it.
 *
 * @param json the whole object
 */
public record BatchState(JsonNode json) {
    private static final Set<String> ENDED = Set.of("completed", "failed", "expired", "cancelled");

    public String id() {
        return json.path("id").asString("");
    }

    public String status() {
        return json.path("status").asString("");
    }

    public boolean ended() {
        return ENDED.contains(status());
    }

    /** Lines with a result, whether good or bad. */
    public long done() {
        return count("completed") + count("failed");
    }

    public long failed() {
        return count("failed");
    }

    public long total() {
        return count("total");
    }

    /** Empty: there is none. */
    public String file(String property) {
        return json.path(property).asString("");
    }

    /** One line for people: the status, the counts, and why it failed. */
    public String summary() {
        String error = json.path("error").asString("");
        String paused = json.path("paused_reason").asString("");
        return id() + " " + status() + ": " + count("completed") + " completed, " + failed() + " failed, of " + total()
                + (error.isEmpty() ? "" : "; " + error) + (paused.isEmpty() ? "" : "; paused: " + paused);
    }

    private long count(String name) {
        return json.path("request_counts").path(name).asLong(0);
    }
}
