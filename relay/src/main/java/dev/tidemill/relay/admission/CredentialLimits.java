package dev.tidemill.relay.admission;

import dev.tidemill.core.limit.Allowance;
import dev.tidemill.core.limit.Allowances;
import dev.tidemill.core.limit.Quota;
import dev.tidemill.core.route.Provider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the configuration lets be sent with each of its providers' keys. Bounded by the configuration. */
final class CredentialLimits {
    private final Allowances allowances = new Allowances(Integer.MAX_VALUE);
    private final Map<String, CredentialLimit> byId = new ConcurrentHashMap<>();

    void configure(List<Provider> providers, long now) {
        Map<String, Quota> quotas = new HashMap<>();
        for (Provider provider : providers) {
            for (String key : keys(provider)) {
                if (provider.limits().limits()) {
                    quotas.put(id(provider, key), provider.limits());
                }
            }
        }
        allowances.configure(quotas, now);
        byId.keySet().retainAll(quotas.keySet());
    }

    /** @return null: it has none */
    @Nullable
    CredentialLimit of(Provider provider, String key) {
        String id = id(provider, key);
        Allowance allowance = allowances.find(id);
        return allowance == null
                ? null
                : byId.computeIfAbsent(id, any -> new CredentialLimit(allowance, new WaitingLines()));
    }

    /** A provider without keys counts as one. */
    static List<String> keys(Provider provider) {
        return provider.keys().isEmpty() ? List.of("") : provider.keys();
    }

    /** In memory alone: it has the key in it. */
    private static String id(Provider provider, String key) {
        return provider.name() + ' ' + key;
    }
}
