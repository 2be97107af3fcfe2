package dev.tidemill.bench.failover;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A target or a host that went from one state to another, as the relay tells it on its administrative port. */
record Change(Instant at, String name, String to, String reason) {
    static List<Change> read(JsonNode events) {
        List<Change> changes = new ArrayList<>();
        for (JsonNode one : events.path("events")) {
            changes.add(new Change(
                    Instant.parse(one.path("at").asString()),
                    one.path("name").asString(),
                    one.path("to").asString(),
                    one.path("reason").asString("")));
        }
        return changes;
    }

    boolean concerns(Victim victim) {
        return name.equals(victim.name()) || name.equals(victim.host());
    }

    /** Whether no more than trials go there from now on. */
    boolean out() {
        return switch (to) {
            case "down", "out", "parked" -> true;
            default -> false;
        };
    }
}
