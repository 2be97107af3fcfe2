package dev.tidemill.core.health;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A provider's keys in the configuration's order; what is known of a key outlives the list. */
final class ProviderKeys {
    final List<String> fingerprints;
    final Credential[] credentials;
    /** Which key the next model begins with, so that names asked for once do not all go to the first. */
    final AtomicInteger first = new AtomicInteger();

    private final String provider;

    ProviderKeys(String provider, List<String> fingerprints, List<Credential> credentials) {
        this.provider = provider;
        this.fingerprints = List.copyOf(fingerprints);
        this.credentials = credentials.toArray(Credential[]::new);
    }

    List<CredentialState> states(long now) {
        List<CredentialState> states = new ArrayList<>();
        for (int i = 0; i < credentials.length; i++) {
            states.add(credentials[i].state(provider, i, fingerprints.get(i), now));
        }
        return states;
    }

    /** Whether this is for exactly these keys. */
    boolean isFor(List<String> others) {
        return fingerprints.equals(others);
    }
}
