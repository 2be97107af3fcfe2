package dev.tidemill.relay;

import dev.tidemill.core.response.ResponseRecord;
import dev.tidemill.core.response.ResponseRecords;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Response records in a map, that answers from another thread, late if it is told to, and fails if it is told to. */
final class KeptResponses implements ResponseRecords {
    private final Map<List<String>, ResponseRecord> all = new ConcurrentHashMap<>();
    final AtomicInteger forgotten = new AtomicInteger();
    volatile boolean fails;
    /** What every change waits for. */
    volatile CompletableFuture<?> until = CompletableFuture.completedFuture(null);

    Map<List<String>, ResponseRecord> all() {
        return all;
    }

    @Override
    public CompletableFuture<?> record(ResponseRecord record) {
        return until.thenRunAsync(() -> {
            check();
            all.put(List.of(record.organization(), record.project(), record.id()), record);
        });
    }

    @Override
    public CompletableFuture<@Nullable ResponseRecord> find(String organization, String project, String id) {
        return CompletableFuture.supplyAsync(() -> {
            check();
            return all.get(List.of(organization, project, id));
        });
    }

    @Override
    public CompletableFuture<?> forget(String organization, String project, String id) {
        return until.thenRunAsync(() -> {
            all.remove(List.of(organization, project, id));
            forgotten.incrementAndGet();
        });
    }

    private void check() {
        if (fails) {
            throw new java.io.UncheckedIOException(new IOException("the disk is full"));
        }
    }
}
