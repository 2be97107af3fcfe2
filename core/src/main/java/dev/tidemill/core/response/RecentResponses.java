package dev.tidemill.core.response;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The records of late in memory, in front of those that are stored: a conversation goes on soon or not at all, so the store
 * is asked by few. What is here is durable there, and what is forgotten here is first forgotten there.
 */
public final class RecentResponses implements ResponseRecords {
    private record Name(String organization, String project, String id) {}

    private final ResponseRecords stored;
    private final Map<Name, ResponseRecord> recent;

    /** @param most records in memory, some 400 bytes each */
    public RecentResponses(ResponseRecords stored, int most) {
        this.stored = stored;
        this.recent = new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Name, ResponseRecord> eldest) {
                return size() > most;
            }
        };
    }

    @Override
    public CompletableFuture<?> record(ResponseRecord record) {
        return stored.record(record).thenRun(() -> keep(record));
    }

    @Override
    public CompletableFuture<@Nullable ResponseRecord> find(String organization, String project, String id) {
        Name name = new Name(organization, project, id);
        ResponseRecord known;
        synchronized (recent) {
            known = recent.get(name);
        }
        return known != null ? CompletableFuture.completedFuture(known) : stored.find(organization, project, id);
    }

    @Override
    public CompletableFuture<?> forget(String organization, String project, String id) {
        return stored.forget(organization, project, id).thenRun(() -> {
            synchronized (recent) {
                recent.remove(new Name(organization, project, id));
            }
        });
    }

    private void keep(ResponseRecord record) {
        synchronized (recent) {
            recent.put(new Name(record.organization(), record.project(), record.id()), record);
        }
    }
}
