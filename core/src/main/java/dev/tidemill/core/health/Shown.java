package dev.tidemill.core.health;

import dev.tidemill.core.health.HealthChange.Kind;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** What was told last about one thing. Each change is told once, by the thread that put it here. */
final class Shown {
    private final Kind kind;
    private final String name;
    private final InstantSource clock;
    private final HealthListener listener;
    private final AtomicReference<Since> now;

    private record Since(State state, Instant at) {}

    Shown(Kind kind, String name, InstantSource clock, HealthListener listener) {
        this.kind = kind;
        this.name = name;
        this.clock = clock;
        this.listener = listener;
        this.now = new AtomicReference<>(new Since(State.HEALTHY, clock.instant()));
    }

    String name() {
        return name;
    }

    State state() {
        return now.get().state;
    }

    /** When it was last told; before the first change, when it became known. */
    Instant since() {
        return now.get().at;
    }

    void change(State to, String reason) {
        Since was = now.get();
        while (was.state != to) {
            Since next = new Since(to, clock.instant());
            if (now.compareAndSet(was, next)) {
                listener.changed(new HealthChange(next.at, kind, name, was.state, to, reason));
                return;
            }
            was = now.get();
        }
    }
}
