package dev.tidemill.server.endpoint;

import dev.tidemill.relay.service.Call;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * All at once.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/models">OpenAI, models</a>
 */
record OpenAiModels(Instant started) implements ModelForm {
    @Override
    public ObjectNode list(List<String> names, Call call) {
        ObjectNode list = JSON.createObjectNode();
        list.put("object", "list");
        ArrayNode data = list.putArray("data");
        names.forEach(name -> data.add(one(name)));
        return list;
    }

    @Override
    public ObjectNode one(String name) {
        ObjectNode model = JSON.createObjectNode();
        model.put("id", name);
        model.put("object", "model");
        model.put("created", started.getEpochSecond());
        model.put("owned_by", "tidemill");
        return model;
    }
}
