package dev.tidemill.relay.exchange;

import dev.tidemill.core.route.Protocol;
import dev.tidemill.relay.service.Percent;
import dev.tidemill.wire.dialect.Dialect;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a request is directed.
 *
 * @param model the name in the path; empty: the body names it
 * @param query the parameters that go to the provider, with their {@code ?}
 */
public record Address(Endpoint endpoint, String model, String query) {
    /** Parameters that providers' own clients send. */
    private static final Set<String> PASSED = Set.of("alt", "beta");

    private static final Map<String, Address> FIXED = new HashMap<>();

    /** What stands before the model's name, by the versions that Google's clients ask for. */
    private static final List<String> GEMINI = List.of("/v1beta/models/", "/v1/models/");

    private static final int MAX_MODEL = 256;

    static {
        for (Endpoint endpoint : Endpoint.values()) {
            if (endpoint.protocol() != Protocol.GEMINI) {
                FIXED.put(endpoint.path(), new Address(endpoint, "", ""));
            }
        }
    }

    /** The address of a path of ours; null: no model is called there. */
    public static @Nullable Address of(String path, String query) {
        Address fixed = FIXED.get(path);
        String passed = query.isEmpty() ? "" : Percent.only(query, PASSED);
        if (fixed == null) {
            return gemini(path, passed);
        }
        return passed.isEmpty() ? fixed : new Address(fixed.endpoint, fixed.model, "?" + passed);
    }

    private static @Nullable Address gemini(String path, String query) {
        int colon = path.lastIndexOf(':');
        for (String before : GEMINI) {
            if (colon > before.length() && path.startsWith(before)) {
                String model = Percent.decode(path.substring(before.length(), colon));
                Endpoint endpoint = gemini(path.substring(colon), "sse".equals(Percent.parameter(query, "alt")));
                return model == null || model.length() > MAX_MODEL || endpoint == null
                        ? null
                        : new Address(endpoint, model, query.isEmpty() ? "" : "?" + query);
            }
        }
        return null;
    }

    private static @Nullable Endpoint gemini(String method, boolean events) {
        return switch (method) {
            case ":generateContent" -> Endpoint.GENERATE_CONTENT;
            case ":streamGenerateContent" -> events ? Endpoint.STREAM_GENERATE_CONTENT : Endpoint.STREAM_GENERATE_ARRAY;
            case ":countTokens" -> Endpoint.GEMINI_COUNT_TOKENS;
            case ":embedContent" -> Endpoint.GEMINI_EMBED_CONTENT;
            default -> null;
        };
    }

    /** What follows the provider's base URL for a model of this name. */
    String upstream(String its) {
        return endpoint.protocol() == Protocol.GEMINI
                ? "/models/" + Percent.encode(its) + endpoint.suffix() + query
                : endpoint.suffix() + query;
    }

    public Protocol protocol() {
        return endpoint.protocol();
    }

    public Dialect dialect() {
        return endpoint.dialect();
    }
}
