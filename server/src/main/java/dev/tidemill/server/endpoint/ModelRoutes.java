package dev.tidemill.server.endpoint;

import dev.tidemill.core.Failure;
import dev.tidemill.core.key.Key;
import dev.tidemill.relay.exchange.Directory;
import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.Route;
import dev.tidemill.relay.service.ServiceException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code GET /v1/models[/{id}]} and {@code /v1beta/models[/{id}]}: the configured names that the key may use, in the form of the
 * asking client's API, whichever their targets speak; wildcards left out.
 */
public final class ModelRoutes {
    private final Directory directory;
    private final Instant started;

    private ModelRoutes(Directory directory, Instant started) {
        this.directory = directory;
        this.started = started;
    }

    /** @param started what every model says of itself: when this server began */
    public static List<Route> of(Directory directory, Instant started) {
        ModelRoutes models = new ModelRoutes(directory, started);
        List<Route> routes = new ArrayList<>();
        for (String version : List.of("/v1", "/v1beta")) {
            routes.add(Route.of("GET", version + "/models", models::list));
            routes.add(Route.of("GET", version + "/models/{id}", models::one));
            routes.add(Route.of("GET", version + "/models/{provider}/{id}", models::ofProvider));
            routes.add(Route.of("GET", version + "/models/{provider}/{maker}/{id}", models::ofMaker));
        }
        return routes;
    }

    private void list(Call call) throws IOException, ServiceException {
        ModelForm form = ModelForm.of(call, started);
        Key key = call.key();
        List<String> names =
                directory.routes().names().stream().filter(key::mayUse).toList();
        call.answerJson(200, ModelForm.JSON.writeValueAsBytes(form.list(names, call)));
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
        ModelForm form = ModelForm.of(call, started);
        if (!call.key().mayUse(name) || directory.routes().find(name) == null) {
            throw new ServiceException(new Failure(
                    Failure.Kind.NOT_FOUND,
                    "model",
                    "model_not_found",
                    "model '" + name + "' does not exist here, or this key may not use it (expected: one of GET "
                            + (call.path().startsWith("/v1beta/") ? "/v1beta" : "/v1") + "/models)",
                    null,
                    null));
        }
        call.answerJson(200, ModelForm.JSON.writeValueAsBytes(form.one(name)));
    }
}
