package dev.tidemill.server.admin;

import dev.tidemill.core.health.CredentialState;
import dev.tidemill.core.health.Health;
import dev.tidemill.core.health.HealthChange;
import dev.tidemill.core.health.HostState;
import dev.tidemill.core.health.State;
import dev.tidemill.core.health.TargetState;
import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.Route;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /admin/health} on the admin port: how each target, credential and host stands, and why; {@code
 * /admin/health/events}: the latest changes; {@code POST /admin/health/reset}: all is taken for healthy again.
 */
public final class HealthStateRoutes {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Health health;
    private final HealthEvents events;
    private final InstantSource clock;

    private HealthStateRoutes(Health health, HealthEvents events, InstantSource clock) {
        this.health = health;
        this.events = events;
        this.clock = clock;
    }

    /** @param clock the one that {@code health} has */
    public static List<Route> of(Health health, HealthEvents events, InstantSource clock, AdminToken token) {
        HealthStateRoutes routes = new HealthStateRoutes(health, events, clock);
        return List.of(
                Route.open("GET", "/admin/health", token.guard(routes::states)),
                Route.open("GET", "/admin/health/events", token.guard(routes::changes)),
                Route.open("POST", "/admin/health/reset", token.guard(routes::reset)));
    }

    private void states(Call call) throws IOException {
        long now = System.nanoTime();
        Instant at = clock.instant();
        ObjectNode json = JSON.createObjectNode();
        json.put("at", at.toString());
        ArrayNode targets = json.putArray("targets");
        health.targets(now).forEach(target -> target(targets.addObject(), target, at));
        ArrayNode credentials = json.putArray("credentials");
        health.credentials(now).forEach(credential -> credential(credentials.addObject(), credential, at));
        ArrayNode hosts = json.putArray("hosts");
        health.hosts(now).forEach(host -> host(hosts.addObject(), host, at));
        call.answerJson(200, JSON.writeValueAsBytes(json));
    }

    private static void target(ObjectNode json, TargetState target, Instant at) {
        json.put("provider", target.provider());
        json.put("model", target.model());
        state(json, target.state(), target.reason(), target.since(), target.waitNanos(), at);
        json.put("share", target.share());
        json.put("success_rate", target.successRate());
        json.put("in_flight", target.inFlight());
        json.put("first_content_ms", millis(target.ttftNanos()));
        json.put("latency_ms", millis(target.latencyNanos()));
        json.put("window_attempts", target.attempts());
        json.put("window_failures", target.failures());
        json.put("retries_left", target.retriesLeft());
    }

    private static void credential(ObjectNode json, CredentialState credential, Instant at) {
        json.put("provider", credential.provider());
        json.put("key", credential.index() + 1);
        json.put("fingerprint", credential.fingerprint());
        state(json, credential.state(), credential.reason(), credential.since(), credential.waitNanos(), at);
    }

    private static void host(ObjectNode json, HostState host, Instant at) {
        json.put("name", host.name());
        state(json, host.state(), host.reason(), host.since(), host.waitNanos(), at);
    }

    private static void state(ObjectNode json, State state, String reason, Instant since, long waitNanos, Instant at) {
        json.put("state", word(state));
        json.put("reason", reason);
        json.put("since", since.toString());
        json.put("seconds", Math.max(0, Duration.between(since, at).toSeconds()));
        json.put("wait_ms", millis(waitNanos));
    }

    private void reset(Call call) throws IOException {
        health.forget();
        states(call);
    }

    private void changes(Call call) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode all = json.putArray("events");
        for (HealthEvents.Event event : events.latest()) {
            HealthChange change = event.change();
            ObjectNode one = all.addObject();
            one.put("number", event.number());
            one.put("at", change.at().toString());
            one.put("kind", word(change.kind()));
            one.put("name", change.name());
            one.put("from", word(change.from()));
            one.put("to", word(change.to()));
            one.put("reason", change.reason());
        }
        call.answerJson(200, JSON.writeValueAsBytes(json));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }
}
