package dev.tidemill.relay.replay;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.relay.replay.ReplayLog.End;
import dev.tidemill.relay.replay.ReplayLog.Piece;
import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.Route;
import dev.tidemill.relay.service.ServiceException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/streams/{id}?from=n}: a stream from its event n on, first what was sent and then what is, and {@code DELETE},
 * which ends it. To any other key than the one that began it a stream does not exist.
 */
public final class StreamService {
    /** Bytes a reader takes at a time, unless one event is larger. */
    static final int PIECE = 64 << 10;

    private final ReplayLogs logs;
    private final AtomicInteger readers = new AtomicInteger();
    private final LongAdder replays = new LongAdder();

    public StreamService(ReplayLogs logs) {
        this.logs = logs;
    }

    public List<Route> routes() {
        return List.of(
                Route.of("GET", "/v1/streams/{id}", this::read), Route.of("DELETE", "/v1/streams/{id}", this::cancel));
    }

    /** Who reads a stream again now. */
    public int readers() {
        return readers.get();
    }

    /** How often one was read again. */
    public long replays() {
        return replays.sum();
    }

    private void read(Call call) throws IOException, ServiceException {
        ReplayLog log = find(call);
        long from = from(call, log.stream());
        Map<String, String> headers = Map.of(
                "content-type", log.stream().contentType(),
                "cache-control", "no-store",
                "x-tidemill-stream", log.stream().id());
        try (OutputStream to = call.answer(200, headers, -1)) {
            if (call.method().equals("HEAD")) {
                return;
            }
            replays.increment();
            readers.incrementAndGet();
            try {
                replay(log, from, to);
            } finally {
                readers.decrementAndGet();
            }
        }
    }

    private static void replay(ReplayLog log, long from, OutputStream to) throws IOException, ServiceException {
        long next = from;
        End end = null;
        while (end == null) {
            Piece piece = next(log, next, to);
            for (byte[] event : piece.events()) {
                to.write(event);
            }
            to.flush();
            next += piece.events().size();
            end = piece.end();
        }
        if (end != End.ENDED) {
            throw new ServiceException(Failure.of(
                    end == End.CUT ? Kind.UPSTREAM_BROKEN : Kind.NOT_FOUND,
                    end == End.CUT ? "stream_cut" : "stream_not_found",
                    "the stream ended within the answer"));
        }
    }

    /** Waits for what comes next, and shows now and then that we live. */
    private static Piece next(ReplayLog log, long from, OutputStream to) throws IOException, ServiceException {
        CompletionStage<Piece> coming = log.read(from, PIECE);
        try {
            while (true) {
                Piece piece = await(coming, log.stream().silence());
                if (piece != null) {
                    return piece;
                }
                to.write(log.stream().heartbeat());
                to.flush();
            }
        } finally {
            coming.toCompletableFuture().cancel(false); // the reader may have left, and the log still runs
        }
    }

    private ReplayLog find(Call call) throws IOException, ServiceException {
        String id = call.pathValue("id");
        Optional<ReplayLog> found = await(logs.find(id, call.key().id()), null);
        if (found == null || found.isEmpty()) {
            throw new ServiceException(Failure.notFound(
                    "stream_not_found",
                    "stream '" + (id.length() <= 64 ? id : id.substring(0, 64) + "…")
                            + "' does not exist, is no longer kept, or is another key's (expected: the"
                            + " x-tidemill-stream of an answer to this key)"));
        }
        return found.get();
    }

    /** @return null: it took longer than {@code patience} */
    private static <T> @Nullable T await(CompletionStage<T> coming, @Nullable Duration patience)
            throws IOException, ServiceException {
        try {
            return patience == null
                    ? coming.toCompletableFuture().get()
                    : coming.toCompletableFuture().get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            throw new ServiceException(Failure.of(Kind.DRAINING, "draining", "this relay is closed"));
        } catch (ExecutionException e) {
            throw new IOException("the log cannot be read", e.getCause());
        }
    }

    private static long from(Call call, ReplayedStream stream) throws ServiceException {
        String from = call.query("from");
        String seen = stream.numbered() ? call.header("last-event-id") : null;
        if (from != null) {
            return number(from, "from");
        }
        return seen == null || seen.isEmpty() ? 0 : number(seen, "Last-Event-ID") + 1;
    }

    private static long number(String text, String name) throws ServiceException {
        if (text.matches("\\d{1,18}")) {
            return Long.parseLong(text);
        }
        throw new ServiceException(Failure.invalid(
                name,
                "invalid_value",
                name + ": '" + (text.length() <= 24 ? text : text.substring(0, 24) + "…")
                        + "' (expected: the number of an event, 0 or more)"));
    }

    private void cancel(Call call) throws IOException, ServiceException {
        find(call).cancel();
        call.answer(204, Map.of(), 0).close();
    }
}
