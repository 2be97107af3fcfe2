package dev.tidemill.relay.exchange;

import dev.tidemill.core.route.Protocol;
import dev.tidemill.relay.service.Percent;
import dev.tidemill.wire.dialect.Dialect;
import java.util.HashMap;
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
        String passed = query.isEmpty() ? "" : Percent.only(query, PASSED);
        return passed.isEmpty() ? fixed : new Address(fixed.endpoint, fixed.model, "?" + passed);
    }

    public Protocol protocol() {
        return endpoint.protocol();
    }

    public Dialect dialect() {
        return endpoint.dialect();
    }
}
