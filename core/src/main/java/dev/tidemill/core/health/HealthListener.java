package dev.tidemill.core.health;

/** Told of changes, on whichever thread saw them and outside of locks; must neither block nor throw. */
@FunctionalInterface
public interface HealthListener {
    HealthListener NONE = change -> {};

    /** Two changes of one thing that follow on each other's heels may come in either order; {@code from} tells which was first. */
    void changed(HealthChange change);
}
