package dev.tidemill.simulator.openai;

import dev.tidemill.simulator.protocol.Json;
import java.util.List;

/** {@code GET /v1/models} and {@code /v1/models/ID}. */
final class Models {
    private Models() {}

    static String body(String path, List<String> models) {
        String id = path.startsWith("/v1/models/") ? path.substring("/v1/models/".length()) : "";
        if (!id.isEmpty()) {
            return model(id);
        }
        StringBuilder json = new StringBuilder("{\"object\":\"list\",\"data\":[");
        boolean first = true;
        for (String name : models) {
            json.append(first ? "" : ",").append(model(name));
            first = false;
        }
        return json.append("]}").toString();
    }

    private static String model(String id) {
        return "{\"id\":" + Json.quoted(id) + ",\"object\":\"model\",\"created\":0,\"owned_by\":\"simulator\"}";
    }
}
