package dev.tidemill.bench.failover;

import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Door;
import dev.tidemill.simulator.Simulator;
import java.time.Duration;
import java.util.Locale;

/** A way in which a provider dies. */
enum Outage {
    /** Its process is gone: what runs is reset, new connections are refused. */
    REFUSES {
        @Override
        void kill(Simulator target) {
            target.door(Door.REFUSE);
            target.dropConnections();
        }
    },
    /** What runs is reset, new connections are accepted and closed. */
    CLOSES {
        @Override
        void kill(Simulator target) {
            target.door(Door.CLOSE);
            target.dropConnections();
        }
    },
    /** What is asked from now on is not answered. */
    SILENT {
        @Override
        void kill(Simulator target) {
            target.behave(ALIVE.with("stall-headers=10m"));
        }
    },
    /** Answers begin, and stop in their midst without a word. */
    HANGS {
        @Override
        void kill(Simulator target) {
            target.behave(ALIVE.with("stall-after=5;for=10m"));
        }
    },
    /** What runs is reset, everything new is answered with 503. */
    FAILS {
        @Override
        void kill(Simulator target) {
            target.behave(ALIVE.with("503"));
            target.dropConnections();
        }
    };

    /** An answer of half a second. */
    static final Behaviour ALIVE = Behaviour.of("ttft=50ms+speed=60+jitter=30%+tokens=27");

    abstract void kill(Simulator target);

    /** At most this often it is tried while it is out: a host each second, a target each time its breaker has been open. */
    Duration pace() {
        return this == REFUSES
                ? Duration.ofSeconds(1)
                : FailoverCommand.OPEN.multipliedBy(9).dividedBy(10);
    }

    /** Whether answers also break off that are asked for when it is dead. */
    boolean cutsLater() {
        return this == HANGS;
    }

    /** As if it had been started anew. */
    void revive(Simulator target) {
        target.behave(ALIVE);
        target.door(Door.OPEN);
        if (this == SILENT || this == HANGS) {
            target.dropConnections();
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
