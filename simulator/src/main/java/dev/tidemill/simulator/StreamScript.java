package dev.tidemill.simulator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events of one streamed answer, in a protocol's words; the {@link Playback} sends them at the right times. */
interface StreamScript {
    /** What comes before the first content. */
    List<SseEvent> opening();

    /** The content of one step, counted from 0; steps beyond the last begin again. */
    List<SseEvent> step(int step);

    /** The event that says why it ended. */
    List<SseEvent> finish();

    /** Usage, where it has an event of its own and is asked for. */
    List<SseEvent> usage();

    /** The last event of all, or null when the protocol has none. */
    @Nullable
    SseEvent terminator();

    /** One content event with this text, which needs no escapes. */
    SseEvent content(String text);

    /** An error inside the stream. */
    SseEvent error(ErrorText error);
}
