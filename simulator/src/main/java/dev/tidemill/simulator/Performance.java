package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.Endpoint;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.StreamScript;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** One request being answered as it was directed: first the faults that end connections, then those that change the answer. */
final class Performance {
    private final Request request;
    private final Line line;
    private final Endpoint endpoint;
    private final Stage stage;
    private final Ask ask;
    private final Director.Direction direction;
    private final Faults faults;
    private boolean spoke;
    private long tokens;

    Performance(
            Request request,
            Line line,
            Endpoint endpoint,
            Stage stage,
            Ask ask,
            Director.Direction direction,
            Faults faults) {
        this.request = request;
        this.line = line;
        this.endpoint = endpoint;
        this.stage = stage;
        this.ask = ask;
        this.direction = direction;
        this.faults = faults;
    }

    /** Whether it is broken on purpose when it ends as directed. */
    boolean breaks() {
        return faults.breaks() || !direction.raw().isEmpty();
    }

    /** Tokens of the request, once any of the answer was sent. */
    long promptTokens() {
        return spoke ? ask.promptTokens() : 0;
    }

    /** Tokens sent so far. */
    long tokens() {
        return tokens;
    }

    /**
     * Answers; true when the connection can carry another request.
     *
     * @param headers whole lines that every answer is to have
     */
    boolean answer(String headers, Doorkeeper door, InstantSource clock) throws IOException {
        line.begin(faults);
        disconnect(door);
        Fault stall = faults.find(FaultKind.STALL_HEADERS);
        if (stall != null) {
            line.pause(stall.time("for"));
        }
        if (!direction.raw().isEmpty()) {
            return raw(direction.raw());
        }
        Answer answer = new Answer(
                line, faults, request.head().keepsAlive(), request.head().isHttp10());
        boolean stream = endpoint.generates() && ask.stream() != faults.has(FaultKind.WRONG_TYPE);
        Substitute substitute =
                faults.isEmpty() ? null : Substitute.of(faults, endpoint.protocol(), request.key(), stream, clock);
        if (substitute != null) {
            answer.whole(substitute.status(), substitute.type(), headers + substitute.headers(), substitute.body());
        } else {
            speak(answer, stream, headers);
        }
        return answer.keepsAlive() && !closesIdle();
    }

    private void speak(Answer answer, boolean stream, String headers) throws IOException {
        Behaviour behaviour = direction.behaviour();
        Said said = stage.author().compose(ask, behaviour, faults);
        if (stream) {
            StreamScript script = endpoint.stream(ask, said);
            long seed = stage.scenario().seed() + said.id();
            Playback playback = new Playback(answer, script, said, behaviour, faults, seed, request.arrived());
            spoke = true;
            try {
                playback.play(headers);
            } finally {
                tokens = (long) playback.sent() * ask.choices();
            }
            return;
        }
        Duration work = endpoint.generates() ? work(behaviour, said) : behaviour.ttft();
        Duration left = work.minusNanos(System.nanoTime() - request.arrived());
        if (left.isPositive()) {
            line.pause(left);
        }
        Fault huge = faults.find(FaultKind.HUGE_EVENT);
        if (huge == null) {
            answer.whole(200, "application/json", headers, endpoint.whole(ask, said));
        } else {
            answer.spaced(200, "application/json", headers, endpoint.whole(ask, said), huge.bytes("bytes"));
        }
        spoke = true;
        tokens = endpoint.generates() ? said.usage().completion() : 0;
    }

    private static Duration work(Behaviour behaviour, Said said) {
        double seconds = behaviour.speed() > 0 ? said.steps() / behaviour.speed() : 0;
        return behaviour.ttft().plusNanos((long) (seconds * 1e9));
    }

    private void disconnect(Doorkeeper door) throws Severed {
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

    private boolean closesIdle() throws IOException {
        Fault idle = faults.find(FaultKind.IDLE_CLOSE);
        if (idle == null || request.onConnection() < idle.number("requests")) {
            return false;
        }
        line.pause(idle.time("after"));
        return true;
    }

    private boolean raw(List<RawStep> steps) throws IOException {
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
}
