package dev.tidemill.relay.replay;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The events of one stream in the order and with the bytes in which they were sent, numbered from 0. One writes, any number
 * read, each from where it likes. Thread-safe, but for {@link #append} and {@link #close}, which are the one writer's.
 */
public interface ReplayLog {
    /** The marker behind the last event. */
    enum End {
        /** The answer ended as its protocol ends: with a terminator, or with an error event. */
        ENDED,
        /** The client's connection was cut within the answer, and so is every reader's. */
        CUT,
        /** The events are no longer kept: they were too many, or their time is up. */
        GONE
    }

    /**
     * A part of the log.
     *
     * @param events not to be changed
     * @param end set when nothing follows
     */
    record Piece(List<byte[]> events, @Nullable End end) {}

    ReplayedStream stream();

    /**
     * Keeps one event, whole. Never waits.
     *
     * @param event is kept as it is, not copied
     * @return false: the log has ended, perhaps with this event, which was one too many
     */
    boolean append(byte[] event);

    /** Sets the marker, unless there is one. */
    void close(End how);

    /** Whether what is appended is kept, so that somebody can come back for it. */
    boolean open();

    /**
     * The events from a number on. Completes when there is at least one, or the end.
     *
     * @param from 0 or more; beyond the end there is nothing but the end
     * @param atMost bytes; one event is told however large it is
     */
    CompletionStage<Piece> read(long from, int atMost);

    /** Asks the stream's owner to end it. Nothing happens when it has ended. */
    void cancel();
}
