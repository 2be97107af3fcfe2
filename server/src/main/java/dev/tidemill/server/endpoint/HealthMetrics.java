package dev.tidemill.server.endpoint;

import static dev.tidemill.server.endpoint.Metric.gauges;
import static dev.tidemill.server.endpoint.Metric.states;

import dev.tidemill.core.health.CredentialState;
import dev.tidemill.core.health.Health;
import dev.tidemill.core.health.HostState;
import dev.tidemill.core.health.State;
import dev.tidemill.core.health.TargetState;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.EnumSet;
import java.util.List;

/**
 * How targets, credentials and hosts do, for a scrape. A state is 1 in the one label that is true and 0 in the others that
 * it could be. Targets are those in use: as many as configured, and at most a thousand that wildcards lead to.
 */
final class HealthMetrics {
    private HealthMetrics() {}

    static List<MetricSnapshot> of(Health health, long now) {
        List<TargetState> targets = health.targets(now);
        return List.of(
                states(
                        "tidemill_target_state",
                        "The state of a provider's model: 1 in one label",
                        targets,
                        HealthMetrics::target,
                        TargetState::state,
                        EnumSet.allOf(State.class)),
                gauges(
                        "tidemill_target_success_ratio",
                        "Success rate of the latest attempts",
                        targets,
                        HealthMetrics::target,
                        TargetState::successRate),
                gauges(
                        "tidemill_target_share",
                        "Share of its traffic that a target gets while it comes back",
                        targets,
                        HealthMetrics::target,
                        TargetState::share),
                gauges(
                        "tidemill_target_first_content_seconds",
                        "Average time to the first content, of late",
                        targets,
                        HealthMetrics::target,
                        state -> seconds(state.ttftNanos())),
                gauges(
                        "tidemill_target_latency_seconds",
                        "Average time of whole answers, of late",
                        targets,
                        HealthMetrics::target,
                        state -> seconds(state.latencyNanos())),
                gauges(
                        "tidemill_target_in_flight",
                        "Attempts that run now",
                        targets,
                        HealthMetrics::target,
                        TargetState::inFlight),
                gauges(
                        "tidemill_target_window_attempts",
                        "Attempts in the breaker's window",
                        targets,
                        HealthMetrics::target,
                        TargetState::attempts),
                gauges(
                        "tidemill_target_window_failures",
                        "Failed ones among them",
                        targets,
                        HealthMetrics::target,
                        TargetState::failures),
                gauges(
                        "tidemill_target_retries_left",
                        "Retries that the target's budget allows now",
                        targets,
                        HealthMetrics::target,
                        TargetState::retriesLeft),
                states(
                        "tidemill_credential_state",
                        "The state of a provider's key: 1 in one label",
                        health.credentials(now),
                        HealthMetrics::credential,
                        CredentialState::state,
                        EnumSet.of(State.HEALTHY, State.PARKED, State.OUT)),
                states(
                        "tidemill_host_state",
                        "Whether connections to a host can be had: 1 in one label",
                        health.hosts(now),
                        host -> Labels.of("host", host.name()),
                        HostState::state,
                        EnumSet.of(State.HEALTHY, State.DOWN)));
    }

    private static Labels target(TargetState state) {
        return Labels.of("provider", state.provider(), "model", state.model());
    }

    private static Labels credential(CredentialState state) {
        return Labels.of(
                "provider",
                state.provider(),
                "key",
                Integer.toString(state.index() + 1),
                "fingerprint",
                state.fingerprint());
    }

    private static double seconds(long nanos) {
        return nanos == 0 ? Double.NaN : nanos / 1e9;
    }
}
