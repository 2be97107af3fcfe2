package dev.tidemill.simulator.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of one streamed answer, in a protocol's words, asked for in order; the playback sends them at the right times. A protocol
 * whose last event also tells why it ended has that as {@link #finish}, and no {@link #terminator}.
 */
public interface StreamScript {
    /** What comes before the first content. */
    List<SseEvent> opening();

    /** The content of one step, counted from 0, with what opens and closes its block; steps beyond the last begin again. May be none. */
    List<SseEvent> step(int step);

    /** What says why it ended. */
    List<SseEvent> finish();

    /** Usage, where it has an event of its own and is asked for. */
    default List<SseEvent> usage() {
        return List.of();
    }

    /** The last event of all, or null when the protocol has none. */
    default @Nullable SseEvent terminator() {
        return null;
    }

    /** One content event with this text, which needs no escapes, last; before it what opens its block. */
    List<SseEvent> content(String text);

    /** A content event whose JSON breaks off. */
    SseEvent broken();

    /** An error inside the stream. */
    List<SseEvent> error(ErrorText error);

    /** The same in another form that was seen at some provider. */
    default List<SseEvent> errorOtherwise(ErrorText error) {
        return error(error);
    }

    /** Whether the opening comes even before an error that comes first. */
    default boolean opensBeforeErrors() {
        return false;
    }

    /** What is sent to keep the connection alive, or null for a comment. */
    default @Nullable SseEvent ping() {
        return null;
    }

    /** How the events are written. */
    default Framing framing() {
        return Framing.SSE;
    }
}
