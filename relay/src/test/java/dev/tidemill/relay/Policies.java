package dev.tidemill.relay;

import dev.tidemill.core.route.Clocks;
import dev.tidemill.core.route.Policy;
import java.time.Duration;

/** Policies for tests. */
final class Policies {
    /** The default, but for what comes of a failure: nothing, so that a test sees each as it is. */
    static final Policy ONCE = with(Clocks.DEFAULT);

    private Policies() {}

    /** {@link #ONCE} where requests may name what the provider has stored. */
    static Policy allowingProviderIds() {
        return once(Policy.ProviderIds.ALLOW, ONCE.queue());
    }

    /** {@link #ONCE} where requests wait in line as said. */
    static Policy waiting(Policy.Queue queue) {
        return once(ONCE.providerIds(), queue);
    }

    /** The same with a heartbeat after this silence. */
    static Policy beating(Policy policy, Duration heartbeat) {
        return new Policy(
                policy.clocks(),
                policy.retry(),
                policy.breaker(),
                policy.onBreak(),
                policy.badEvent(),
                policy.clientGone(),
                heartbeat,
                policy.openEarly(),
                policy.hedge(),
                policy.resume());
    }

    /** The same with a breaker. */
    static Policy breaking(Policy policy, Policy.Breaker breaker) {
        return new Policy(
                policy.clocks(),
                policy.retry(),
                breaker,
                policy.onBreak(),
                policy.badEvent(),
                policy.clientGone(),
                policy.heartbeat(),
                policy.openEarly(),
                policy.hedge(),
                policy.resume());
    }

    private static Policy once(Policy.ProviderIds ids, Policy.Queue queue) {
        return new Policy(
                ONCE.clocks(),
                ONCE.retry(),
                ONCE.breaker(),
                ONCE.onBreak(),
                ONCE.badEvent(),
                ONCE.clientGone(),
                ONCE.heartbeat(),
                ONCE.openEarly(),
                ONCE.hedge(),
                ONCE.resume(),
                ids,
                ONCE.contentPolicy(),
                queue);
    }

    /** {@link #ONCE} with other clocks. */
    static Policy with(Clocks clocks) {
        Policy usual = Policy.DEFAULT;
        return new Policy(
                clocks,
                new Policy.Retry(1, 0.1),
                null,
                usual.onBreak(),
                usual.badEvent(),
                usual.clientGone(),
                usual.heartbeat(),
                usual.openEarly(),
                usual.hedge(),
                usual.resume());
    }

    /** All clocks at 20 s, but for {@code connect}, {@code headers}, {@code first content}, {@code gap}, {@code tool gap}, {@code total} that are not 0. */
    static Policy clocks(int... millis) {
        Duration[] times = new Duration[6];
        for (int i = 0; i < times.length; i++) {
            times[i] = Duration.ofMillis(millis[i] == 0 ? 20_000 : millis[i]);
        }
        return with(new Clocks(times[0], times[1], times[2], times[3], times[4], times[5]));
    }
}
