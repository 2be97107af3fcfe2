package dev.tidemill.batch.job;

import dev.tidemill.batch.Cursor;
import dev.tidemill.batch.Ids;
import dev.tidemill.batch.Owner;
import dev.tidemill.batch.Queries;
import dev.tidemill.batch.StorageFullException;
import dev.tidemill.core.Failure;
import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.Route;
import dev.tidemill.relay.service.ServiceException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** OpenAI's Batch API: create, find, list, cancel. Every batch is its project's alone. */
public final class BatchesService {
    private static final int LIST_STANDARD = 20;
    private static final int LIST_MAX = 100;
    private static final int BODY_BYTES = 1 << 20;

    private final BatchStore batches;
    private final BatchEvents events;
    private final Ids ids;
    private final InstantSource clock;

    public BatchesService(BatchStore batches, BatchEvents events, Ids ids, InstantSource clock) {
        this.batches = batches;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    public List<Route> routes() {
        return List.of(
                Route.of("POST", "/v1/batches", this::create).withMaxBody(BODY_BYTES),
                Route.of("GET", "/v1/batches", this::list),
                Route.of("GET", "/v1/batches/{id}", this::find),
                Route.of("POST", "/v1/batches/{id}/cancel", this::cancel));
    }

    private void create(Call call) throws IOException, ServiceException {
        BatchRequest request = BatchRequest.parse(call.body(BODY_BYTES));
        Instant now = clock.instant();
        Batch batch = new Batch(
                0,
                ids.next("batch_"),
                Owner.of(call.key()),
                call.key().id(),
                request.endpoint(),
                request.inputFileId(),
                null,
                request.window(),
                request.metadata(),
                request.outputExpiresAfter(),
                BatchStatus.VALIDATING,
                null,
                Tally.NONE,
                List.of(),
                null,
                null,
                Stamps.created(now, now.plus(request.length())));
        try {
            batch = batches.create(batch);
        } catch (StorageFullException e) {
            throw full(e);
        }
        events.created(batch);
        answer(call, batch);
    }

    private void find(Call call) throws IOException, ServiceException {
        answer(call, present(call, batches.find(Owner.of(call.key()), call.pathValue("id"))));
    }

    private void list(Call call) throws IOException, ServiceException {
        Owner owner = Owner.of(call.key());
        int limit = Queries.limit(call, LIST_STANDARD, LIST_MAX);
        List<Batch> found = batches.list(owner, after(call, owner), limit + 1);
        boolean more = found.size() > limit;
        call.answerJson(200, BatchJson.list(more ? found.subList(0, limit) : found, more, events));
    }

    private @Nullable Cursor after(Call call, Owner owner) throws IOException, ServiceException {
        String id = call.query("after");
        if (id == null || id.isEmpty()) {
            return null;
        }
        Batch batch = batches.find(owner, id);
        if (batch == null) {
            throw Queries.refused(
                    "after", "after: " + Queries.shown(id) + " (expected: the id of one of your batches)");
        }
        return new Cursor(batch.stamps().created(), batch.id());
    }

    private void cancel(Call call) throws IOException, ServiceException {
        Batch batch;
        try {
            batch = present(call, batches.cancel(Owner.of(call.key()), call.pathValue("id"), clock.instant()));
        } catch (StorageFullException e) {
            throw full(e);
        }
        switch (batch.status()) {
            case COMPLETED, FAILED, EXPIRED ->
                throw new ServiceException(Failure.of(
                        Failure.Kind.CONFLICT,
                        "invalid_batch_status",
                        "Cannot cancel a batch with status '" + batch.status().word() + "'."));
            case CANCELLING -> events.cancelled(batch);
            case CANCELLED, VALIDATING, IN_PROGRESS, FINALIZING -> {}
        }
        answer(call, batch);
    }

    private void answer(Call call, Batch batch) throws IOException {
        call.answerJson(200, BatchJson.of(batch, events.pausedReason(batch.number())));
    }

    private static Batch present(Call call, @Nullable Batch batch) throws ServiceException {
        if (batch == null) {
            throw new ServiceException(new Failure(
                    Failure.Kind.NOT_FOUND,
                    "batch_id",
                    "not_found",
                    "No batch found with id '" + Queries.shown(call.pathValue("id"))
                            + "'; list yours with GET /v1/batches",
                    null,
                    null));
        }
        return batch;
    }

    private static ServiceException full(StorageFullException e) {
        return new ServiceException(
                Failure.overloaded("The server has no space left to store the batch.", Duration.ofSeconds(60))
                        .withDetail(String.valueOf(e.getMessage())));
    }
}
