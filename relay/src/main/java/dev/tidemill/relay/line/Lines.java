package dev.tidemill.relay.line;

import java.util.function.Consumer;

/** Runs batch lines as exchanges. */
public interface Lines {
    /**
     * Starts one line and returns. Its owner's rights are read anew.
     *
     * @param whenDone called exactly once, on an event loop or, when the relay is closed, here; must not block
     */
    void run(LineRequest request, Consumer<LineAnswer> whenDone);

    /** Whether no live request waits for a target of this model, so that a line may start. */
    boolean headroom(String model);
}
