package dev.tidemill.batch.file;

import dev.tidemill.batch.Cursor;
import dev.tidemill.batch.Ids;
import dev.tidemill.batch.Limits;
import dev.tidemill.batch.Owner;
import dev.tidemill.batch.Queries;
import dev.tidemill.batch.StorageFullException;
import dev.tidemill.core.Failure;
import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.Route;
import dev.tidemill.relay.service.ServiceException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OpenAI's Files API: upload, list, find, fetch, delete. Every file is its project's alone. */
public final class FilesService {
    private static final int LIST_MAX = 10_000;
    private static final long MULTIPART_BYTES = 1 << 20; // boundaries, headers and fields around the file

    private final FileStore files;
    private final Blobs blobs;
    private final Ids ids;
    private final InstantSource clock;
    private final Limits limits;

    public FilesService(FileStore files, Blobs blobs, Ids ids, InstantSource clock, Limits limits) {
        this.files = files;
        this.blobs = blobs;
        this.ids = ids;
        this.clock = clock;
        this.limits = limits;
    }

    public List<Route> routes() {
        return List.of(
                Route.of("POST", "/v1/files", this::upload).withMaxBody(limits.fileBytes() + MULTIPART_BYTES),
                Route.of("GET", "/v1/files", this::list),
                Route.of("GET", "/v1/files/{id}", this::find),
                Route.of("GET", "/v1/files/{id}/content", this::content),
                Route.of("DELETE", "/v1/files/{id}", this::delete));
    }

    private void upload(Call call) throws IOException, ServiceException {
        StoredFile file;
        try (BlobDraft draft = blobs.draft()) {
            Upload upload = new Upload(limits, draft);
            upload.read(call);
            Purpose purpose = upload.purpose();
            Long seconds = upload.expiresAfter();
            Instant now = clock.instant();
            file = new StoredFile(
                    ids.next("file-"),
                    Owner.of(call.key()),
                    upload.filename(),
                    purpose,
                    draft.size(),
                    now,
                    seconds == null ? Retention.standard(purpose, now) : now.plusSeconds(seconds));
            draft.keep(file.id());
            list(file);
        } catch (StorageFullException e) {
            throw full(e);
        }
        call.answerJson(200, FileJson.of(file));
    }

    private void list(StoredFile file) throws IOException {
        try {
            files.add(file);
        } catch (InterruptedIOException e) {
            throw e; // it may be listed all the same; if not, the blob is swept at the next start
        } catch (IOException e) {
            try {
                blobs.delete(file.id());
            } catch (IOException late) {
                e.addSuppressed(late);
            }
            throw e;
        }
    }

    private void list(Call call) throws IOException, ServiceException {
        Owner owner = Owner.of(call.key());
        Instant now = clock.instant();
        int limit = Queries.limit(call, LIST_MAX, LIST_MAX);
        List<StoredFile> found =
                files.list(owner, purpose(call), oldestFirst(call), after(call, owner, now), limit + 1, now);
        boolean more = found.size() > limit;
        call.answerJson(200, FileJson.list(more ? found.subList(0, limit) : found, more));
    }

    private static @Nullable Purpose purpose(Call call) throws ServiceException {
        String word = call.query("purpose");
        if (word == null || word.isEmpty()) {
            return null;
        }
        Purpose purpose = Purpose.of(word);
        if (purpose == null) {
            throw Queries.refused("purpose", "purpose: " + Queries.shown(word) + " (expected: a known purpose)");
        }
        return purpose;
    }

    private static boolean oldestFirst(Call call) throws ServiceException {
        String order = call.query("order");
        return switch (order) {
            case "asc" -> true;
            case "desc", "" -> false;
            case null -> false;
            default -> throw Queries.refused("order", "order: " + Queries.shown(order) + " (expected: asc or desc)");
        };
    }

    private @Nullable Cursor after(Call call, Owner owner, Instant now) throws IOException, ServiceException {
        String id = call.query("after");
        if (id == null || id.isEmpty()) {
            return null;
        }
        StoredFile file = files.find(owner, id, now);
        if (file == null) {
            throw Queries.refused("after", "after: " + Queries.shown(id) + " (expected: the id of one of your files)");
        }
        return new Cursor(file.created(), file.id());
    }

    private void find(Call call) throws IOException, ServiceException {
        call.answerJson(200, FileJson.of(present(call)));
    }

    private void content(Call call) throws IOException, ServiceException {
        StoredFile file = present(call);
        try (Blob blob = blobs.open(file.id())) {
            OutputStream out = call.answer(
                    200,
                    Map.of(
                            "content-type",
                            "application/octet-stream",
                            "content-disposition",
                            "attachment; filename=\"" + headerSafe(file.filename()) + "\""),
                    blob.size());
            blob.stream().transferTo(out);
            out.close(); // only after the last byte: closing says that the answer is whole
        } catch (NoSuchFileException e) {
            throw missing(file.id()); // deleted between the two looks
        }
    }

    private static String headerSafe(String filename) {
        return filename.replaceAll("[^A-Za-z0-9._ -]", "_");
    }

    private void delete(Call call) throws IOException, ServiceException {
        StoredFile file = present(call);
        if (!files.delete(file.owner(), file.id())) {
            throw missing(file.id());
        }
        call.answerJson(200, FileJson.deleted(file.id()));
    }

    private StoredFile present(Call call) throws IOException, ServiceException {
        String id = call.pathValue("id");
        StoredFile file = files.find(Owner.of(call.key()), id, clock.instant());
        if (file == null) {
            throw missing(id);
        }
        return file;
    }

    private static ServiceException missing(String id) {
        return new ServiceException(new Failure(
                Failure.Kind.NOT_FOUND,
                "id",
                "not_found",
                "No such File object: " + Queries.shown(id) + "; list yours with GET /v1/files",
                null,
                null));
    }

    private static ServiceException full(StorageFullException e) {
        return new ServiceException(
                Failure.overloaded("The server has no space left to store the file.", Duration.ofSeconds(60))
                        .withDetail(String.valueOf(e.getMessage())));
    }
}
