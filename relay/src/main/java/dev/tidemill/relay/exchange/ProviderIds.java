package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.wire.dialect.Asked;
import dev.tidemill.wire.dialect.Asked.State;
import org.jspecify.annotations.Nullable;

/**
 * Keeps requests from naming what is stored at a provider: files, containers, vector stores, caches, prompts, conversations.
 * All callers share the provider's account, so such an id would open one tenant's data to another.
 */
final class ProviderIds {
    private ProviderIds() {}

    /** Why the request may not go to this model; null: it may. */
    static @Nullable Failure refusal(Asked asked, Model model) {
        State state = asked.state();
        String field = state == null ? null : state.foreign();
        if (field == null || model.policy().providerIds() == Policy.ProviderIds.ALLOW) {
            return null;
        }
        return Failure.invalid(
                field,
                "provider_id_refused",
                "the request names something that is stored at a provider, in '" + field
                        + "' (expected: the content itself, in the request, since the provider's account is shared by all"
                        + " callers of this relay). The operator can allow it for model '" + asked.model()
                        + "' with the policy provider_ids: allow");
    }
}
