package dev.tidemill.relay.replay;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where the logs of resumable streams are: in this process, or at a place that several share. Nothing here blocks; what may
 * take a moment is a {@link CompletionStage}, whose dependents must not block either.
 */
public interface ReplayLogs {
    /**
     * Begins the log of a stream.
     *
     * @param cancel called once, from any thread, when a reader wants the stream to end; not called after the log's end
     * @return null: there is no room for one more, or one of this id is still written, and the stream goes its way without a log
     */
    @Nullable
    ReplayLog begin(ReplayedStream stream, Runnable cancel);

    /** The log of this id, unless it is unknown, no longer kept, or another key's: nobody can tell which. */
    CompletionStage<Optional<ReplayLog>> find(String id, String keyId);
}
