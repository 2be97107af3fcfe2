package dev.tidemill.wire.splice;

import dev.tidemill.wire.json.Edits;
import org.jspecify.annotations.Nullable;

/** Where a dialect's events have the words that a client shows, and how its requests give words back. Stateless. */
public interface Speech {
    /** What the event says whose data is {@code a[from, to)}; what cannot be read is {@link Said#FIRM}. */
    Said read(byte[] a, int from, int to);

    /** Whether blocks are opened and closed by events of their own. */
    boolean framed();

    /**
     * What makes a request, sound JSON, ask for the rest of an answer: the words so far as the assistant's last message.
     * Offsets count from {@code from}.
     *
     * @return null: in this request, or with these words, it cannot be done
     */
    @Nullable
    Edits goOn(byte[] body, int from, int to, String words);
}
