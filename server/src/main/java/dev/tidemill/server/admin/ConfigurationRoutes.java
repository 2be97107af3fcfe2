package dev.tidemill.server.admin;

import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.Route;
import dev.tidemill.server.config.ConfigWatch;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /admin/configuration} on the admin port: which generation is in use, what was refused; POST reads it again. */
public final class ConfigurationRoutes {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ConfigurationRoutes() {}

    public static List<Route> of(ConfigWatch watch, AdminToken token) {
        return List.of(
                Route.open("GET", "/admin/configuration", token.guard(call -> answer(call, watch.state()))),
                Route.open("POST", "/admin/configuration", token.guard(call -> {
                    watch.reload();
                    answer(call, watch.state());
                })));
    }

    private static void answer(Call call, ConfigWatch.State state) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.put("generation", state.generation());
        json.put("since", state.since().toString());
        ArrayNode faults = json.putArray("faults");
        state.faults().forEach(fault -> faults.add(fault.toString()));
        ArrayNode waiting = json.putArray("wait_for_restart");
        state.waitForRestart().forEach(waiting::add);
        call.answerJson(state.faults().isEmpty() ? 200 : 409, JSON.writeValueAsBytes(json));
    }
}
