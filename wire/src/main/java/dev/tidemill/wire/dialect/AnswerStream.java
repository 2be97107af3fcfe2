package dev.tidemill.wire.dialect;

import dev.tidemill.wire.Usage;
import org.jspecify.annotations.Nullable;

/** Watches one streamed answer, event by event. What it writes fits behind what it has seen. Used by one thread. */
public interface AnswerStream {
    /**
     * Looks at the event at which the reader stands, which {@linkplain EventReader#hasData holds one}. Each event once.
     *
     * @return bits of {@link Meaning}; 0: an event of no importance, or of an unknown kind
     */
    int look(EventReader event);

    /** Whether what has come is a whole answer, so that a clean end may follow. */
    boolean whole();

    /** Whether tool arguments or reasoning are open, so that a long silence is usual. Not for the hot path. */
    boolean silent();

    /** Bytes of text in the event at which the reader stands. Not for every event: it is walked for this. */
    int textLength(EventReader event);

    /** The last usage stated; null: none yet, or none that can be believed. */
    @Nullable
    Usage usage();

    /** The id under which the provider keeps this answer; null: it does not, or has not said so yet. */
    default @Nullable String storedId() {
        return null;
    }

    /** What a whole answer still lacks so that clients know it: {@code data: [DONE]} where that did not come. */
    byte[] terminator();

    /** What the stream's text lacks to be well-formed behind an error of the provider's; no terminator. */
    default byte[] closing() {
        return new byte[0];
    }

    /** An error of ours as the last of the stream; never followed by a terminator. */
    byte[] error(ErrorText error);

    /** Something that clients pass over, to show that we live; empty where nothing is safe now. */
    byte[] heartbeat();
}
