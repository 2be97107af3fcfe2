package dev.tidemill.simulator;

import dev.tidemill.simulator.Counters.Outcome;
import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.BadRequest;
import dev.tidemill.simulator.protocol.Endpoint;
import dev.tidemill.simulator.protocol.ErrorText;
import dev.tidemill.simulator.protocol.Page;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.RequestHead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes each request to its end: whose it is, what it asks, how it is to be answered, and that it is counted once. For all connections. */
final class Responder {
    private static final Pattern MODEL = Pattern.compile("\"model\"\\s*:\\s*\"([^\"\\\\]{1,200})\"");
    private static final String NO_MODEL = "(none)";
    private static final String OTHER = "(other)";
    private static final String NO_PREFILL =
            "This model does not support assistant message prefill. The conversation must end with a user message.";

    private final List<Protocol> protocols;
    private final Counters counters;
    private final Recorder recorder;
    private final Doorkeeper door;
    private final InstantSource clock;
    private final SimPages pages;
    private volatile Stage stage;
    private volatile Consumer<Arrival> watcher = arrival -> {};

    /** The last of {@code protocols} owns every path. */
    Responder(
            List<Protocol> protocols,
            Scenario scenario,
            Counters counters,
            Recorder recorder,
            Doorkeeper door,
            InstantSource clock,
            SimPages pages) {
        this.protocols = protocols;
        this.counters = counters;
        this.recorder = recorder;
        this.door = door;
        this.clock = clock;
        this.pages = pages;
        this.stage = Stage.of(scenario, clock);
    }

    Scenario scenario() {
        return stage.scenario();
    }

    /** From the next request on, this scenario; its counts and chances begin anew. */
    void play(Scenario scenario) {
        stage = Stage.of(scenario, clock);
    }

    void watch(Consumer<Arrival> next) {
        watcher = next;
    }

    /**
     * Answers a request; true when the connection can carry another.
     *
     * @throws Severed when the connection was ended on purpose
     * @throws IOException when the peer is gone
     */
    boolean respond(Request request, Line line) throws IOException {
        RequestHead head = request.head();
        if (head.path().startsWith("/sim/")) {
            line.begin(Faults.NONE);
            return pages.show(request, new Answer(line, Faults.NONE, head.keepsAlive(), head.isHttp10()));
        }
        recorder.add(head, request.body(), request.connection());
        counters.keyed(head.header("idempotency-key"));
        Protocol protocol = protocol(head);
        Stage now = stage;
        Page page = protocol.page(head, now.scenario().models());
        if (page != null) {
            Outcome outcome = page.status() == 200 ? Outcome.WHOLE : Outcome.REFUSED;
            return end(request, line, NO_MODEL, outcome, page.status(), "", page.json());
        }
        Endpoint endpoint = protocol.endpoint(head);
        if (endpoint == null) {
            String message = "Unknown request URL: " + head.method() + " " + head.target() + ".";
            return refuse(request, line, protocol, new ErrorText(404, "", "unknown_url", message));
        }
        try {
            Ask ask = endpoint.read(head, request.body());
            return perform(request, line, endpoint, now, ask, now.director().direct(head, ask.model()));
        } catch (BadRequest bad) {
            return refuse(request, line, protocol, bad.text());
        } catch (BadNotation bad) {
            String message = "Simulator: " + bad.getMessage();
            return refuse(request, line, protocol, new ErrorText(400, "", "simulator", message));
        }
    }

    private boolean perform(
            Request request, Line line, Endpoint endpoint, Stage now, Ask ask, Director.Direction direction)
            throws IOException, BadRequest {
        watcher.accept(new Arrival(request.arrived(), endpoint.name(), ask.model(), request.key()));
        Behaviour behaviour = direction.behaviour();
        if (endpoint.generates() && behaviour.noPrefill() && !ask.prefill().isEmpty()) {
            throw new BadRequest(400, NO_PREFILL);
        }
        Quota.Grant grant = now.quota().ask(behaviour, request.key(), vendor(endpoint), ask.promptTokens());
        if (!grant.given()) {
            String body = endpoint.protocol().error(new ErrorText(429, "", null, grant.reason(), grant.retryAfter()));
            return end(request, line, ask.model(), Outcome.REFUSED, 429, grant.headers(), body);
        }
        Faults faults = now.director().draw(behaviour, request.body(), request.key());
        Performance performance = new Performance(request, line, endpoint, now, ask, direction, faults);
        Counters.Running running = counters.begin(endpoint.name(), ask.model(), request.key());
        Outcome outcome = performance.breaks() ? Outcome.BROKEN : Outcome.WHOLE;
        try {
            return performance.answer(grant.headers(), door, clock);
        } catch (PeerGone gone) {
            outcome = Outcome.CANCELLED;
            throw gone;
        } catch (Severed severed) {
            outcome = Outcome.BROKEN;
            throw severed;
        } finally {
            grant.close();
            counters.end(running, outcome, performance.promptTokens(), performance.tokens());
            counters.sent(line.sent());
        }
    }

    /**
     * Answers a request whose body is still being sent, when the fault {@code early} is asked for in its header, its rule, or a model name
     * at the beginning of its body.
     */
    boolean answersEarly(RequestHead head, String beginning, Line line) throws IOException {
        Matcher found = MODEL.matcher(beginning);
        String model = found.find() ? found.group(1) : NO_MODEL;
        Behaviour behaviour;
        try {
            behaviour = stage.director().behaviour(head, model);
        } catch (BadNotation bad) {
            return false;
        }
        for (Fault fault : behaviour.faults()) {
            if (fault.kind() == FaultKind.EARLY) {
                byte[] body = beginning.getBytes(StandardCharsets.UTF_8);
                recorder.add(head, body, 0);
                ErrorText text = ErrorText.of(fault.count("status"), "Answered before the body was read.");
                end(
                        new Request(head, body, 0, 1, 0),
                        line,
                        model,
                        Outcome.BROKEN,
                        text.status(),
                        "",
                        protocol(head).error(text));
                return true;
            }
        }
        return false;
    }

    private Protocol protocol(RequestHead head) {
        for (Protocol protocol : protocols) {
            if (protocol.owns(head)) {
                return protocol;
            }
        }
        return protocols.getLast();
    }

    private static Vendor vendor(Endpoint endpoint) {
        Vendor vendor = Vendor.labelled(endpoint.protocol().vendor());
        return vendor == null ? Vendor.OPENAI : vendor;
    }

    private boolean refuse(Request request, Line line, Protocol protocol, ErrorText text) throws IOException {
        return end(request, line, NO_MODEL, Outcome.REFUSED, text.status(), "", protocol.error(text));
    }

    private boolean end(
            Request request, Line line, String model, Outcome outcome, int status, String headers, String body)
            throws IOException {
        Counters.Running running = counters.begin(OTHER, model, request.key());
        line.begin(Faults.NONE);
        Answer answer = new Answer(
                line, Faults.NONE, request.head().keepsAlive(), request.head().isHttp10());
        try {
            answer.whole(status, "application/json", headers, body.getBytes(StandardCharsets.UTF_8));
        } finally {
            counters.end(running, outcome, 0, 0);
            counters.sent(line.sent());
        }
        return answer.keepsAlive();
    }
}
