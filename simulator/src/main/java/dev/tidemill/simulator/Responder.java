package dev.tidemill.simulator;

import dev.tidemill.simulator.Counters.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers one request from beginning to end: what is asked, how this request behaves, which faults happen to it, the answer, the
 * counting. One object for all connections.
 */
final class Responder {
    private static final Pattern MODEL = Pattern.compile("\"model\"\\s*:\\s*\"([^\"\\\\]{1,200})\"");

    private final Protocol protocol;
    private final Counters counters;
    private final Recorder recorder;
    private final Doorkeeper door;
    private final InstantSource clock;
    private final SimPages pages;
    private volatile Stage stage;

    /** What belongs to one scenario; a request sees one of them from start to end. */
    private record Stage(Scenario scenario, Director director, Author author, Quota quota) {}

    Responder(
            Protocol protocol,
            Scenario scenario,
            Counters counters,
            Recorder recorder,
            Doorkeeper door,
            InstantSource clock,
            SimPages pages) {
        this.protocol = protocol;
        this.counters = counters;
        this.recorder = recorder;
        this.door = door;
        this.clock = clock;
        this.pages = pages;
        this.stage = stage(scenario);
    }

    private Stage stage(Scenario scenario) {
        return new Stage(scenario, new Director(scenario), new Author(scenario.seed(), clock), new Quota());
    }

    Scenario scenario() {
        return stage.scenario();
    }

    /** From the next request on, this scenario; its counts and chances begin anew. */
    void play(Scenario scenario) {
        stage = stage(scenario);
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
        if (head.method().equals("GET") && head.path().startsWith("/v1/models")) {
            return models(request, line);
        }
        Endpoint endpoint = protocol.endpoint(head.method(), head.path());
        if (endpoint == null) {
            return refuse(
                    request,
                    line,
                    "",
                    new ErrorText(
                            404,
                            "invalid_request_error",
                            "unknown_url",
                            "Unknown request URL: " + head.method() + " " + head.target() + "."));
        }
        Stage now = stage;
        Ask ask;
        Director.Direction direction;
        try {
            ask = endpoint.read(head, request.body());
            direction = now.director().direct(head, ask.model());
        } catch (BadRequest bad) {
            return refuse(request, line, "", bad.text());
        } catch (BadNotation bad) {
            return refuse(
                    request,
                    line,
                    "",
                    new ErrorText(400, "invalid_request_error", "simulator", "Simulator: " + bad.getMessage()));
        }
        return perform(new Performance(request, line, endpoint, now, ask, direction));
    }

    /**
     * Answers a request whose body is still being sent, when the fault {@code early} is asked for in its header, its rule, or a model name
     * at the beginning of its body.
     */
    boolean answersEarly(RequestHead head, String beginning, Line line) throws IOException {
        Matcher model = MODEL.matcher(beginning);
        Stage now = stage;
        Behaviour behaviour;
        try {
            behaviour = now.director().behaviour(head, model.find() ? model.group(1) : "");
        } catch (BadNotation bad) {
            return false;
        }
        Faults early = new Faults(behaviour.faults().stream()
                .filter(fault -> fault.kind() == FaultKind.EARLY)
                .toList());
        if (early.isEmpty()) {
            return false;
        }
        recorder.add(head, beginning.getBytes(StandardCharsets.UTF_8), 0);
        Counters.Running running = counters.begin(model.hasMatch() ? model.group(1) : "", head.header("authorization"));
        line.begin(early);
        Substitute error = Substitute.of(early, protocol, null, false, clock);
        if (error != null) {
            new Answer(line, early, false, false).whole(error.status(), error.type(), "", error.body());
        }
        counters.end(running, Outcome.BROKEN, 0, 0);
        counters.sent(line.sent());
        return true;
    }

    /** One request on its way. */
    private record Performance(
            Request request, Line line, Endpoint endpoint, Stage stage, Ask ask, Director.Direction direction) {
        Behaviour behaviour() {
            return direction.behaviour();
        }
    }

    private boolean perform(Performance p) throws IOException {
        Faults faults = p.stage()
                .director()
                .draw(p.behaviour(), p.request().body(), p.request().key());
        Quota.Grant grant = p.stage().quota().ask(p.behaviour(), p.request().key());
        if (!grant.given()) {
            return refuse(
                    p.request(),
                    p.line(),
                    p.ask().model(),
                    new ErrorText(429, "requests", "rate_limit_exceeded", grant.reason()),
                    grant.headers());
        }
        Counters.Running running = counters.begin(p.ask().model(), p.request().key());
        Sent sent = new Sent();
        Outcome outcome = faults.breaks() || !p.direction().raw().isEmpty() ? Outcome.BROKEN : Outcome.WHOLE;
        try {
            return answer(p, faults, sent, grant.headers());
        } catch (PeerGone gone) {
            outcome = Outcome.CANCELLED;
            throw gone;
        } catch (Severed severed) {
            outcome = Outcome.BROKEN;
            throw severed;
        } finally {
            grant.close();
            counters.end(running, outcome, sent.content ? p.ask().promptTokens() : 0, sent.tokens);
            counters.sent(p.line().sent());
        }
    }

    /** What of an answer has gone out. */
    private static final class Sent {
        private boolean content;
        private long tokens;
    }

    private boolean answer(Performance p, Faults faults, Sent sent, String headers) throws IOException {
        Line line = p.line();
        line.begin(faults);
        disconnect(faults, line);
        Fault stall = faults.find(FaultKind.STALL_HEADERS);
        if (stall != null) {
            line.pause(stall.time("for"));
        }
        if (!p.direction().raw().isEmpty()) {
            return raw(p.direction().raw(), line);
        }
        RequestHead head = p.request().head();
        Answer answer = new Answer(line, faults, head.keepsAlive(), head.isHttp10());
        boolean stream = p.endpoint().generates() && p.ask().stream() != faults.has(FaultKind.WRONG_TYPE);
        Substitute substitute = faults.isEmpty()
                ? null
                : Substitute.of(faults, p.endpoint().protocol(), p.request().key(), stream, clock);
        if (substitute != null) {
            answer.whole(substitute.status(), substitute.type(), headers + substitute.headers(), substitute.body());
        } else {
            speak(p, faults, sent, answer, stream, headers);
        }
        return answer.keepsAlive() && !closesIdle(faults, p.request(), line);
    }

    private void speak(Performance p, Faults faults, Sent sent, Answer answer, boolean stream, String headers)
            throws IOException {
        Said said = p.stage().author().compose(p.ask(), p.behaviour(), faults);
        if (stream) {
            Playback playback = new Playback(
                    answer,
                    p.endpoint().stream(p.ask(), said, faults),
                    said.steps(),
                    p.behaviour(),
                    faults,
                    p.stage().scenario().seed() + said.id(),
                    p.request().arrived());
            try {
                sent.content = true;
                playback.play(headers);
            } finally {
                sent.tokens = (long) playback.sent() * p.ask().choices();
            }
            return;
        }
        Duration work = p.endpoint().generates()
                ? work(p.behaviour(), said)
                : p.behaviour().ttft();
        Duration left = work.minusNanos(System.nanoTime() - p.request().arrived());
        if (left.isPositive()) {
            p.line().pause(left);
        }
        answer.whole(200, "application/json", headers, p.endpoint().whole(p.ask(), said, faults));
        sent.content = true;
        sent.tokens = p.endpoint().generates() ? said.usage().completion() : 0;
    }

    private static Duration work(Behaviour behaviour, Said said) {
        double seconds = behaviour.speed() > 0 ? said.steps() / behaviour.speed() : 0;
        return behaviour.ttft().plusNanos((long) (seconds * 1e9));
    }

    private void disconnect(Faults faults, Line line) throws Severed {
        Fault refuse = faults.find(FaultKind.REFUSE);
        if (refuse != null) {
            door.refuse(refuse.time("for"));
            throw line.reset();
        }
        Fault closing = faults.find(FaultKind.ACCEPT_CLOSE);
        if (closing != null) {
            door.closeNext(closing.number("next"));
            throw line.close();
        }
        if (faults.has(FaultKind.CLOSE)) {
            throw line.close();
        }
    }

    private static boolean closesIdle(Faults faults, Request request, Line line) throws IOException {
        Fault idle = faults.find(FaultKind.IDLE_CLOSE);
        if (idle == null || request.onConnection() < idle.number("requests")) {
            return false;
        }
        line.pause(idle.time("after"));
        return true;
    }

    private static boolean raw(List<RawStep> steps, Line line) throws IOException {
        for (RawStep step : steps) {
            switch (step) {
                case RawStep.Send send -> {
                    line.put(send.bytes());
                    line.flush();
                }
                case RawStep.Sleep sleep -> line.pause(sleep.time());
                case RawStep.Close close -> throw line.close();
                case RawStep.Reset reset -> throw line.reset();
                case RawStep.Keep keep -> {
                    return true;
                }
            }
        }
        throw line.close();
    }

    private boolean models(Request request, Line line) throws IOException {
        Counters.Running running = counters.begin("", request.key());
        line.begin(Faults.NONE);
        String body = OpenAiModels.body(request.head().path(), stage.scenario());
        Answer answer = new Answer(
                line, Faults.NONE, request.head().keepsAlive(), request.head().isHttp10());
        answer.whole(200, "application/json", "", body.getBytes(StandardCharsets.UTF_8));
        counters.end(running, Outcome.WHOLE, 0, 0);
        counters.sent(line.sent());
        return answer.keepsAlive();
    }

    private boolean refuse(Request request, Line line, String model, ErrorText text) throws IOException {
        return refuse(request, line, model, text, "");
    }

    private boolean refuse(Request request, Line line, String model, ErrorText text, String headers)
            throws IOException {
        Counters.Running running = counters.begin(model, request.key());
        line.begin(Faults.NONE);
        Answer answer = new Answer(
                line, Faults.NONE, request.head().keepsAlive(), request.head().isHttp10());
        Substitute error = Substitute.error(protocol, text);
        answer.whole(error.status(), error.type(), headers, error.body());
        counters.end(running, Outcome.REFUSED, 0, 0);
        counters.sent(line.sent());
        return answer.keepsAlive();
    }
}
