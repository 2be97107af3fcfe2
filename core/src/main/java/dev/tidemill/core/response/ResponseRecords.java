package dev.tidemill.core.response;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where records are kept. No method blocks; all may be called from any thread, and futures complete on one of the store's
 * own, exceptionally when the store fails or has more to do than it takes on.
 */
public interface ResponseRecords {
    /** Keeps nothing and finds nothing: for a relay without a store. */
    ResponseRecords NONE = new ResponseRecords() {
        @Override
        public CompletableFuture<?> record(ResponseRecord record) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<@Nullable ResponseRecord> find(String organization, String project, String id) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<?> forget(String organization, String project, String id) {
            return CompletableFuture.completedFuture(null);
        }
    };

    /** Completes when the record is durable. One of the same owner and id is replaced. */
    CompletableFuture<?> record(ResponseRecord record);

    /** The owner's record; null: none, whether nobody has it or somebody else. It may have expired. */
    CompletableFuture<@Nullable ResponseRecord> find(String organization, String project, String id);

    /** Completes when it is durably gone, or was not there. */
    CompletableFuture<?> forget(String organization, String project, String id);
}
