package dev.tidemill.server.endpoint;

import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.Route;
import dev.tidemill.server.config.ConfigWatch;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /health}: the process answers. {@code /ready}: it takes work, which it says until it drains; a configuration that was
 * refused is told there, and does not make it unready, since the last good one is in use.
 */
public final class HealthRoutes {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private HealthRoutes() {}

    public static List<Route> of(BooleanSupplier draining, ConfigWatch configuration) {
        return List.of(
                Route.open("GET", "/health", call -> answer(call, 200, "ok", configuration)),
                Route.open("GET", "/ready", call -> {
                    boolean ready = !draining.getAsBoolean();
                    answer(call, ready ? 200 : 503, ready ? "ready" : "draining", configuration);
                }));
    }

    private static void answer(Call call, int status, String word, ConfigWatch configuration) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.put("status", word);
        json.put("configuration", configuration.state().faults().isEmpty() ? "in force" : "newer file refused");
        json.put("generation", configuration.state().generation());
        call.answerJson(status, JSON.writeValueAsBytes(json));
    }
}
