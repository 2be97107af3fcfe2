package dev.tidemill.server.endpoint;

import dev.tidemill.core.Failure;
import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.ServiceException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How clients of one API are told of models. */
sealed interface ModelForm permits OpenAiModels, AnthropicModels, GeminiModels {
    JsonMapper JSON = JsonMapper.builder().build();

    /**
     * By the path and, where that is everybody's, by the header that the API's own clients send: in the same way as errors
     * are told.
     *
     * @param started what every model says of its age
     */
    static ModelForm of(Call call, Instant started) {
        if (call.path().startsWith("/v1beta/") || call.header("x-goog-api-key") != null) {
            return new GeminiModels();
        }
        return call.header("anthropic-version") == null ? new OpenAiModels(started) : new AnthropicModels(started);
    }

    /** @param names sorted */
    ObjectNode list(List<String> names, Call call) throws ServiceException;

    ObjectNode one(String name);

    /** A whole number in the query. */
    static int number(Call call, String parameter, int standard, int least, int most) throws ServiceException {
        String text = call.query(parameter);
        if (text == null || text.isEmpty()) {
            return standard;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw invalid(parameter, text, String.format(Locale.ROOT, "%d to %d", least, most));
    }

    static ServiceException invalid(String parameter, @Nullable String text, String expected) {
        String shown = text == null || text.length() <= 100 ? text : text.substring(0, 100) + "…";
        return new ServiceException(Failure.invalid(
                parameter, "invalid_value", parameter + ": " + shown + " (expected: " + expected + ")"));
    }

    /** Where the names behind this one begin, whether it is among them or not. */
    static int after(List<String> names, String name) {
        int at = java.util.Collections.binarySearch(names, name);
        return at < 0 ? -at - 1 : at + 1;
    }
}
