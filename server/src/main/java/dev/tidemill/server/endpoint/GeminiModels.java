package dev.tidemill.server.endpoint;

import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.ServiceException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * In pages; a page's token is the last name before it. The methods are those that the relay passes on: which of them a
 * model knows is the provider's to say.
 *
 * @see <a href="https://ai.google.dev/api/models">Gemini, models</a>
 */
record GeminiModels() implements ModelForm {
    private static final int USUAL = 50;
    private static final int MOST = 1000;

    @Override
    public ObjectNode list(List<String> names, Call call) throws ServiceException {
        int asked = ModelForm.number(call, "pageSize", USUAL, 0, Integer.MAX_VALUE);
        int size = asked == 0 ? USUAL : Math.min(asked, MOST);
        String token = call.query("pageToken");
        int from = token == null || token.isEmpty() ? 0 : ModelForm.after(names, name(token));
        int to = Math.min(names.size(), from + size);
        ObjectNode page = JSON.createObjectNode();
        ArrayNode models = page.putArray("models");
        names.subList(from, to).forEach(name -> models.add(one(name)));
        if (to < names.size()) {
            page.put(
                    "nextPageToken",
                    Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(names.get(to - 1).getBytes(StandardCharsets.UTF_8)));
        }
        return page;
    }

    private static String name(String token) throws ServiceException {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ModelForm.invalid("pageToken", token, "the nextPageToken of the page before");
        }
    }

    @Override
    public ObjectNode one(String name) {
        ObjectNode model = JSON.createObjectNode();
        model.put("name", "models/" + name);
        model.put("version", "1");
        model.put("displayName", name);
        model.putArray("supportedGenerationMethods")
                .add("generateContent")
                .add("streamGenerateContent")
                .add("countTokens")
                .add("embedContent");
        return model;
    }
}
