package dev.tidemill.core.route;

import org.jspecify.annotations.Nullable;

/**
 * One provider and model that may answer.
 *
 * @param model the name upstream; null: the asked-for name, without {@code prefix}
 * @param prefix what is taken off the asked-for name when {@code model} is null; empty: nothing
 * @param priority lower first
 * @param weight share inside one priority, at least 1
 * @param prefill whether the model goes on from an assistant message
 * @param context tokens the model can hold, 0: not stated
 */
public record Target(
        Provider provider,
        @Nullable String model,
        String prefix,
        int priority,
        int weight,
        boolean prefill,
        long context) {

    public static Target of(Provider provider) {
        return new Target(provider, null, "", 1, 1, false, 0);
    }

    /** The model's name upstream for a request that asked for {@code asked}. */
    public String modelFor(String asked) {
        if (model != null) {
            return model;
        }
        return asked.startsWith(prefix) ? asked.substring(prefix.length()) : asked;
    }
}
