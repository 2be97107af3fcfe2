package dev.tidemill.simulator;

import java.util.LinkedHashSet;
import java.util.Set;

/** {@code GET /v1/models} and {@code /v1/models/ID}: a few names to start with, and those that a scenario's rules name in full. */
final class OpenAiModels {
    private static final String[] STANDARD = {
        "sim-ok", "sim-speed=50", "sim-ttft=300ms+speed=40+tokens=200", "sim-flaky", "sim-429"
    };

    private OpenAiModels() {}

    static String body(String path, Scenario scenario) {
        String id = path.startsWith("/v1/models/") ? path.substring("/v1/models/".length()) : "";
        if (!id.isEmpty()) {
            return model(id);
        }
        Set<String> names = new LinkedHashSet<>();
        for (Rule rule : scenario.rules()) {
            if (rule.model().pattern().indexOf('*') < 0) {
                names.add(rule.model().pattern());
            }
        }
        StringBuilder json = new StringBuilder("{\"object\":\"list\",\"data\":[");
        for (String name : STANDARD) {
            names.add(name);
        }
        boolean first = true;
        for (String name : names) {
            json.append(first ? "" : ",").append(model(name));
            first = false;
        }
        return json.append("]}").toString();
    }

    private static String model(String id) {
        return "{\"id\":" + Json.quoted(id) + ",\"object\":\"model\",\"created\":0,\"owned_by\":\"simulator\"}";
    }
}
