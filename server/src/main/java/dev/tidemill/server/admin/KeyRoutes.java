package dev.tidemill.server.admin;

import dev.tidemill.core.Failure;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.Route;
import dev.tidemill.relay.service.ServiceException;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /admin/keys} on the admin port. */
public final class KeyRoutes {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MOST_BODY = 1 << 20;

    private final KeyDesk keys;

    private KeyRoutes(KeyDesk keys) {
        this.keys = keys;
    }

    /**
     * @param keys the store's; who listens to the store's changes makes them effective
     * @param token asked for on each route
     */
    public static List<Route> of(KeyDesk keys, AdminToken token) {
        KeyRoutes routes = new KeyRoutes(keys);
        return List.of(
                Route.open("POST", "/admin/keys", token.guard(routes::create)),
                Route.open("GET", "/admin/keys", token.guard(routes::list)),
                Route.open("DELETE", "/admin/keys/{id}", token.guard(routes::revoke)));
    }

    private void create(Call call) throws IOException, ServiceException {
        KeyRequest request;
        try {
            request = KeyJson.request(call.body(MOST_BODY));
        } catch (IllegalArgumentException e) {
            throw new ServiceException(Failure.invalid(null, "invalid_key", String.valueOf(e.getMessage())));
        }
        KeySecret secret = keys.create(request);
        ObjectNode json = JSON.createObjectNode();
        json.put("id", secret.id());
        json.put("key", secret.text());
        call.answerJson(201, JSON.writeValueAsBytes(json));
    }

    private void list(Call call) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode all = json.putArray("keys");
        for (Key key : keys.list()) {
            all.add(KeyJson.of(key));
        }
        call.answerJson(200, JSON.writeValueAsBytes(json));
    }

    private void revoke(Call call) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.put("revoked", keys.revoke(call.pathValue("id")));
        call.answerJson(200, JSON.writeValueAsBytes(json));
    }
}
