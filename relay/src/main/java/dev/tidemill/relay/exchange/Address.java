package dev.tidemill.relay.exchange;

import dev.tidemill.core.route.Protocol;
import dev.tidemill.relay.service.Percent;
import dev.tidemill.wire.dialect.Dialect;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a request is directed.
 *
 * @param model the name in the path; empty: the body names it
 * @param query what goes to the provider as it came, with its {@code ?}; the key is taken out
 */
public record Address(Endpoint endpoint, String model, String query) {
    private static final Map<String, Address> FIXED = new HashMap<>();

    static {
        for (Endpoint endpoint : Endpoint.values()) {
            FIXED.put(endpoint.path(), new Address(endpoint, "", ""));
        }
    }

    /** The address of a path of ours; null: no model is called there. */
    public static @Nullable Address of(String path, String query) {
        Address fixed = FIXED.get(path);
        if (fixed == null) {
            return null;
        }
        String passed = query.isEmpty() ? "" : Percent.without(query, "key");
        return passed.isEmpty() ? fixed : new Address(fixed.endpoint, fixed.model, "?" + passed);
    }

    public Protocol protocol() {
        return endpoint.protocol();
    }

    public Dialect dialect() {
        return endpoint.dialect();
    }
}
