package dev.tidemill.core.choice;

import dev.tidemill.core.health.CredentialHealth;
import dev.tidemill.core.health.HostHealth;
import dev.tidemill.core.health.Standing;
import dev.tidemill.core.health.TargetHealth;
import dev.tidemill.core.route.Target;

/**
 * A target of a model with all that decides whether and how much it is used.
 *
 * @param model its name upstream
 */
public record Candidate(
        Target target, String model, TargetHealth health, CredentialHealth credentials, HostHealth host) {
    /** Part of its weight that a degraded target keeps. */
    static final double DEGRADED = 0.25;

    Standing standing(long now, boolean heedless) {
        Standing standing = health.standing(now, heedless);
        if (standing == Standing.SHUT || !credentials.available(now)) {
            return Standing.SHUT;
        }
        if (heedless || host.open()) {
            return standing;
        }
        return host.left(now) == 0 ? Standing.TRIAL_DUE : Standing.SHUT;
    }

    /** Whether it may be asked or tried at that time, as far as is known now. */
    public boolean open(long then, boolean heedless) {
        return standing(then, heedless) != Standing.SHUT;
    }

    double weight() {
        return health.degraded() ? target.weight() * DEGRADED : target.weight();
    }

    /** Nanoseconds until it may be used or tried. */
    public long left(long now) {
        return Math.max(health.left(now), Math.max(credentials.left(now), host.left(now)));
    }

    /** Nanoseconds until it may be asked or tried with this key of its provider and no other. */
    public long leftWith(int credential, long now) {
        return Math.max(health.left(now), Math.max(credentials.leftOf(credential, now), host.left(now)));
    }

    /** Why it is not used; only asked when it is not. */
    String reason(long now) {
        if (health.left(now) > 0) {
            return health.reason(now);
        }
        if (credentials.left(now) > 0) {
            return credentials.out()
                    ? "the provider refuses the relay's credentials"
                    : "the credentials' limits are reached";
        }
        return host.left(now) > 0 ? "its host refuses connections" : "a trial is under way";
    }
}
