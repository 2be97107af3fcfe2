package dev.tidemill.core.health;

import dev.tidemill.core.health.HealthChange.Kind;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** What was told last about one thing. Each change is told once, by the thread that put it here. */
final class Shown {
    private final Kind kind;
    private final String name;
    private final InstantSource clock;
    private final HealthListener listener;
    private final AtomicReference<State> state = new AtomicReference<>(State.HEALTHY);

    Shown(Kind kind, String name, InstantSource clock, HealthListener listener) {
        this.kind = kind;
        this.name = name;
        this.clock = clock;
        this.listener = listener;
    }

    String name() {
        return name;
    }

    State state() {
        return state.get();
    }

    void change(State to, String reason) {
        State from = state.getAndSet(to);
        if (from != to) {
            listener.changed(new HealthChange(clock.instant(), kind, name, from, to, reason));
        }
    }
}
