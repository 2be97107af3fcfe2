package dev.tidemill.relay.exchange;

import dev.tidemill.core.route.Protocol;
import dev.tidemill.relay.service.Percent;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.http.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a request is directed.
 *
 * @param model the name in the path; empty: the body names it
 * @param id of the stored answer in the path; empty: none
 * @param query the parameters that go to the provider, with their {@code ?}
 */
public record Address(Endpoint endpoint, String model, String id, String query) {
    /** Parameters that providers' own clients send. */
    private static final Set<String> PASSED = Set.of("alt", "beta");

    private static final Map<String, Address> FIXED = new HashMap<>();

    /** What stands before the model's name, by the versions that Google's clients ask for. */
    private static final List<String> GEMINI = List.of("/v1beta/models/", "/v1/models/");

    private static final int MAX_MODEL = 256;

    static {
        for (Endpoint endpoint : Endpoint.values()) {
            if (endpoint.protocol() != Protocol.GEMINI && !endpoint.byId()) {
                FIXED.put(endpoint.path(), new Address(endpoint, "", "", ""));
            }
        }
    }

    /**
     * The address of a path of ours; null: no model is called there. Where the path has no such method, one of its others is
     * told, see {@link #allowed}.
     */
    public static @Nullable Address of(Method method, String path, String query) {
        if (path.startsWith(StoredAddress.BEFORE)) {
            return StoredAddress.of(method, path, query);
        }
        Address fixed = FIXED.get(path);
        String passed = query.isEmpty() ? "" : Percent.only(query, PASSED);
        if (fixed == null) {
            return gemini(path, passed);
        }
        return passed.isEmpty() ? fixed : new Address(fixed.endpoint, fixed.model, "", "?" + passed);
    }

    /** Whether the path has this method. */
    public boolean takes(Method method) {
        return method == endpoint.method() || (method == Method.HEAD && endpoint.method() == Method.GET);
    }

    /** The methods of its path. */
    public List<String> allowed() {
        return switch (endpoint) {
            case RETRIEVE_RESPONSE, DELETE_RESPONSE -> List.of("GET", "HEAD", "DELETE");
            case RESPONSE_INPUT_ITEMS -> List.of("GET", "HEAD");
            default -> List.of("POST");
        };
    }

    private static @Nullable Address gemini(String path, String query) {
        int colon = path.lastIndexOf(':');
        for (String before : GEMINI) {
            if (colon > before.length() && path.startsWith(before)) {
                String model = Percent.decode(path.substring(before.length(), colon));
                Endpoint endpoint = gemini(path.substring(colon), "sse".equals(Percent.parameter(query, "alt")));
                return model == null || model.length() > MAX_MODEL || endpoint == null
                        ? null
                        : new Address(endpoint, model, "", query.isEmpty() ? "" : "?" + query);
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
            case ":batchEmbedContents" -> Endpoint.GEMINI_BATCH_EMBED_CONTENTS;
            default -> null;
        };
    }

    /** Whether the query asks for a stream, where the path has no body that could. */
    boolean streamAsked() {
        return endpoint.byId() && query.length() > 1 && "true".equals(Percent.parameter(query.substring(1), "stream"));
    }

    /** What follows the provider's base URL for a model of this name. */
    String upstream(String its) {
        if (endpoint.byId()) {
            return endpoint.suffix().replace("{id}", Percent.encode(id)) + query;
        }
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
