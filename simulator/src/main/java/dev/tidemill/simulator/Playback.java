package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.ErrorText;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.SseEvent;
import dev.tidemill.simulator.protocol.StreamScript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Sends the events of a stream at the pace of a behaviour, and lets its faults happen at their step.
 *
 * <p>Every event has a due time counted from the request, not from the event before it, so that a slow write does not slow the stream as a
 * whole; it falls on the next full millisecond of the machine's clock, so that one waking serves many streams. Unpaced events gather in the line's buffer and leave together.
 */
final class Playback {
    private static final String FILLING = "(filling)";
    private static final long TICK = 1_000_000;

    private final Answer answer;
    private final StreamScript script;
    private final EventStyle style;
    private final Behaviour behaviour;
    private final Faults faults;
    private final SplittableRandom random;
    private final long start;
    private final Said said;
    private final int steps;
    private final long keepalive;
    private int sent;

    Playback(Answer answer, StreamScript script, Said said, Behaviour behaviour, Faults faults, long seed, long start) {
        this.answer = answer;
        this.script = script;
        this.said = said;
        this.steps = said.steps();
        this.style = EventStyle.of(script.framing(), faults);
        this.behaviour = behaviour;
        this.faults = faults;
        this.random = new SplittableRandom(seed);
        this.start = start;
        Fault alive = faults.find(FaultKind.KEEPALIVE);
        this.keepalive = alive == null
                ? Long.MAX_VALUE
                : Math.max(1_000_000, alive.time("every").toNanos());
    }

    /** Steps that have been handed to the line. */
    int sent() {
        return sent;
    }

    /** Plays it to its end, right or wrong. */
    void play(String headers) throws IOException {
        waitUntil(behaviour.headers().toNanos(), false);
        answer.open(script.framing().type(), headers);
        boolean erredAtOnce = stepOf(FaultKind.ERROR_EVENT, "after") == 0;
        if (behaviour.ttft().isPositive()) {
            answer.flush();
            waitUntil(behaviour.ttft().toNanos(), true);
        }
        if (!erredAtOnce || script.opensBeforeErrors()) {
            send(script.opening());
        }
        Fault stall = faults.find(FaultKind.STALL_FIRST);
        if (stall != null) {
            stall(stall.time("for"));
        }
        Fault infinite = faults.find(FaultKind.INFINITE);
        long end = infinite == null ? Long.MAX_VALUE : infinite.time("for").toNanos();
        for (int step = 0; infinite != null || step < steps; step++) {
            waitUntil(due(step), true);
            if (System.nanoTime() - start > end) {
                throw answer.cut();
            }
            if (faultAt(step)) {
                return;
            }
            content(step);
            sent++;
        }
        if (!faultAt(steps)) {
            close();
        }
    }

    private void content(int step) throws IOException {
        Fault huge = at(FaultKind.HUGE_EVENT, "after", step);
        if (huge != null) {
            huge(huge.bytes("bytes"));
        } else {
            send(script.step(step));
        }
        if (behaviour.speed() > 0) {
            answer.flush();
        }
    }

    /** The last of these events in many frames, so that its size costs the peer memory and not this side. */
    private void huge(long bytes) throws IOException {
        List<SseEvent> events = script.content(FILLING);
        send(events.subList(0, events.size() - 1));
        String event = new String(style.event(events.getLast()), StandardCharsets.UTF_8);
        int at = event.indexOf(FILLING);
        answer.frame(event.substring(0, at).getBytes(StandardCharsets.UTF_8));
        byte[] filling = "h".repeat(32 << 10).getBytes(StandardCharsets.US_ASCII);
        for (long left = bytes; left > 0; left -= filling.length) {
            answer.frame(left < filling.length ? Arrays.copyOf(filling, (int) left) : filling);
        }
        answer.frame(event.substring(at + FILLING.length()).getBytes(StandardCharsets.UTF_8));
    }

    private void close() throws IOException {
        SseEvent terminator = script.terminator();
        boolean unfinished = faults.has(FaultKind.NO_FINISH) || (terminator == null && faults.has(FaultKind.NO_DONE));
        if (!unfinished) {
            send(script.finish());
        }
        send(script.usage());
        if (terminator != null && !faults.has(FaultKind.NO_DONE)) {
            send(terminator);
        }
        if (faults.has(FaultKind.AFTER_DONE)) {
            send(steps == 0 ? script.content("more") : script.step(0));
            send(terminator == null ? script.finish() : List.of(terminator));
        }
        end();
    }

    /** Lets the faults of a step happen; true when the answer is over. */
    private boolean faultAt(int step) throws IOException {
        if (faults.isEmpty()) {
            return false;
        }
        Fault stall = at(FaultKind.STALL_AFTER, "events", step);
        if (stall != null) {
            stall(stall.time("for"));
        }
        stall = step == said.reasoning().size() ? faults.find(FaultKind.STALL_REASONING) : null;
        if (stall != null) {
            stall(stall.time("for"));
        }
        stall = said.calls() > 0 ? faults.find(FaultKind.STALL_TOOLS) : null;
        if (stall != null && step == said.before() + stall.number("events")) {
            stall(stall.time("for"));
        }
        if (at(FaultKind.BAD_JSON, "after", step) != null) {
            send(script.broken());
        }
        Fault error = at(FaultKind.ERROR_EVENT, "after", step);
        if (error != null) {
            error(error);
            return true;
        }
        if (at(FaultKind.TRUNCATE_AFTER, "events", step) != null) {
            answer.end();
            return true;
        }
        if (at(FaultKind.CUT_AFTER, "events", step) != null) {
            throw answer.cut();
        }
        return false;
    }

    private void error(Fault fault) throws IOException {
        String code = fault.text("error-code");
        String message = fault.text("message");
        ErrorText text = new ErrorText(
                fault.count("status"),
                fault.text("type"),
                code.isEmpty() ? null : code,
                message.isEmpty() ? "The simulator failed on purpose inside the stream." : message);
        boolean other = fault.text("form").equals("other");
        List<SseEvent> events = other ? script.errorOtherwise(text) : script.error(text);
        switch (fault.text("form")) {
            case "field" -> answer.frame(style.field("error", events.getFirst().data()));
            case "event" -> send(new SseEvent("error", events.getFirst().data()));
            default -> send(events);
        }
        SseEvent terminator = script.terminator();
        if (terminator != null && fault.text("done").equals("yes")) {
            send(terminator);
        }
        end();
    }

    private void end() throws IOException {
        byte[] last = style.end();
        if (last.length > 0) {
            answer.frame(last);
        }
        answer.end();
    }

    private void stall(Duration time) throws IOException {
        answer.flush();
        waitUntil(System.nanoTime() - start + time.toNanos(), true);
    }

    private int stepOf(FaultKind kind, String parameter) {
        Fault fault = faults.find(kind);
        return fault == null ? -1 : fault.count(parameter);
    }

    private @Nullable Fault at(FaultKind kind, String parameter, int step) {
        Fault fault = faults.find(kind);
        return fault != null && fault.number(parameter) == step ? fault : null;
    }

    private long due(int step) {
        if (behaviour.speed() <= 0) {
            return 0;
        }
        double gap = 1e9 / behaviour.speed();
        double stray = step > 0 && behaviour.jitter() > 0 ? (random.nextDouble() * 2 - 1) * behaviour.jitter() : 0;
        return behaviour.ttft().toNanos() + (long) ((step + stray) * gap);
    }

    private void waitUntil(long due, boolean opened) throws IOException {
        while (true) {
            long now = System.nanoTime();
            long left = start + due - now;
            if (left <= 0) {
                return;
            }
            long wanted = Math.min(left, opened ? keepalive : left);
            answer.pause(Duration.ofNanos(wanted + TICK - 1 - Math.floorMod(now + wanted - 1, TICK)));
            if (opened && keepalive < left) {
                SseEvent ping = script.ping();
                answer.frame(ping == null ? style.comment("keep-alive") : style.event(ping));
                answer.flush();
            }
        }
    }

    private void send(List<SseEvent> events) throws IOException {
        for (SseEvent event : events) {
            send(event);
        }
    }

    private void send(SseEvent event) throws IOException {
        answer.frame(style.event(event));
    }
}
