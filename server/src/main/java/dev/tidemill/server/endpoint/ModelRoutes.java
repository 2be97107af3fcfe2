package dev.tidemill.server.endpoint;

import dev.tidemill.core.Failure;
import dev.tidemill.core.key.Key;
import dev.tidemill.relay.exchange.Directory;
import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.Route;
import dev.tidemill.relay.service.ServiceException;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code GET /v1/models[/{id}]}: the configured names that the key may use, wildcards left out.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/models">OpenAI, models</a>
 */
public final class ModelRoutes {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Directory directory;
    private final long created;

    private ModelRoutes(Directory directory, long created) {
        this.directory = directory;
        this.created = created;
    }

    /** @param created what every model says of itself, in seconds: when this server started */
    public static List<Route> of(Directory directory, long created) {
        ModelRoutes models = new ModelRoutes(directory, created);
        return List.of(
                Route.of("GET", "/v1/models", models::list),
                Route.of("GET", "/v1/models/{id}", models::one),
                Route.of("GET", "/v1/models/{provider}/{id}", models::ofProvider),
                Route.of("GET", "/v1/models/{provider}/{maker}/{id}", models::ofMaker));
    }

    private void list(Call call) throws IOException {
        ObjectNode list = JSON.createObjectNode();
        list.put("object", "list");
        ArrayNode data = list.putArray("data");
        Key key = call.key();
        directory.routes().names().stream().filter(key::mayUse).forEach(name -> data.add(model(name)));
        call.answerJson(200, JSON.writeValueAsBytes(list));
    }

    private void one(Call call) throws IOException, ServiceException {
        answer(call, call.pathValue("id"));
    }

    private void ofProvider(Call call) throws IOException, ServiceException {
        answer(call, call.pathValue("provider") + "/" + call.pathValue("id"));
    }

    /** A provider that itself has others' models, as {@code openrouter/meta-llama/llama-3}. */
    private void ofMaker(Call call) throws IOException, ServiceException {
        answer(call, call.pathValue("provider") + "/" + call.pathValue("maker") + "/" + call.pathValue("id"));
    }

    private void answer(Call call, String name) throws IOException, ServiceException {
        if (directory.routes().find(name) == null || !call.key().mayUse(name)) {
            throw new ServiceException(new Failure(
                    Failure.Kind.NOT_FOUND,
                    "model",
                    "model_not_found",
                    "model '" + name
                            + "' does not exist here or this key may not use it (expected: one of GET /v1/models)",
                    null,
                    null));
        }
        call.answerJson(200, JSON.writeValueAsBytes(model(name)));
    }

    private ObjectNode model(String name) {
        ObjectNode model = JSON.createObjectNode();
        model.put("id", name);
        model.put("object", "model");
        model.put("created", created);
        model.put("owned_by", "tidemill");
        return model;
    }
}
