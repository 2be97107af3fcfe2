package dev.tidemill.relay.background;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.response.ResponseRecord;
import dev.tidemill.core.response.ResponseRecords;
import dev.tidemill.relay.exchange.Locate;
import dev.tidemill.relay.replay.ReplayLog;
import dev.tidemill.relay.replay.ReplayLog.End;
import dev.tidemill.relay.replay.ReplayLog.Piece;
import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.Route;
import dev.tidemill.relay.service.ServiceException;
import dev.tidemill.wire.openai.ResponseEvent;
import dev.tidemill.wire.sse.SseException;
import dev.tidemill.wire.sse.SseReader;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A response in the background, by its id: {@code GET} for the response as it is by now, {@code GET ?stream=true} for its
 * events behind {@code starting_after}, {@code POST …/cancel} to end it. All is read from its log, whatever became of the
 * connection that asked for it.
 */
final class BackgroundService {
    private static final int PIECE = 64 << 10;

    private final Backgrounds backgrounds;
    private final ResponseRecords records;

    BackgroundService(Backgrounds backgrounds, ResponseRecords records) {
        this.backgrounds = backgrounds;
        this.records = records;
    }

    List<Route> routes() {
        return List.of(
                Route.of("GET", "/v1/responses/{id}", this::get),
                Route.of("POST", "/v1/responses/{id}/cancel", this::cancel));
    }

    private void get(Call call) throws IOException, ServiceException {
        ReplayLog log = find(call);
        if (!"true".equals(call.query("stream"))) {
            call.answerJson(200, latest(call, log));
            return;
        }
        if (showsObjects(log)) {
            throw new ServiceException(Failure.notFound(
                    "response_events_not_kept",
                    "the events of response '" + call.pathValue("id")
                            + "' are more than is kept of one (expected: GET without stream, for the response as it is by now)."
                            + " The operator can keep more with the policy resume.bytes"));
        }
        long after = after(call.query("starting_after"));
        Map<String, String> headers = Map.of("content-type", "text/event-stream", "cache-control", "no-store");
        try (OutputStream to = call.answer(200, headers, -1)) {
            if (!call.method().equals("HEAD")) {
                replay(log, after, to);
            }
        }
    }

    private void cancel(Call call) throws IOException, ServiceException {
        ReplayLog log = find(call);
        log.cancel();
        long next = 0;
        for (End end = null; end == null; ) {
            Piece piece = await(log.read(next, PIECE), null);
            next += piece == null ? 0 : piece.events().size();
            end = piece == null ? null : piece.end();
        }
        call.answerJson(200, latest(call, find(call))); // its end may have been one event too many for that log
    }

    private static boolean showsObjects(ReplayLog log) {
        return log.stream().contentType().equals(Backgrounds.OBJECTS);
    }

    /** The log of a response that is not deleted. */
    private ReplayLog find(Call call) throws IOException, ServiceException {
        String id = call.pathValue("id");
        Key key = call.key();
        ResponseRecord record = await(records.find(key.organization(), key.project(), id), null);
        ReplayLog log = record == null || !key.mayUse(record.model()) ? null : backgrounds.find(key, id);
        if (log == null) {
            throw new ServiceException(Locate.unknownResponse(id));
        }
        return log;
    }

    private static byte[] latest(Call call, ReplayLog log) throws ServiceException {
        LatestResponse latest = new LatestResponse();
        byte[] object = null;
        SseReader reader = new SseReader(Integer.MAX_VALUE);
        long next = 0;
        while (true) {
            Piece piece = log.read(next, PIECE).toCompletableFuture().getNow(null);
            if (piece == null || piece.events().isEmpty()) {
                break;
            }
            next += piece.events().size();
            if (showsObjects(log)) {
                object = piece.events().getLast();
                continue;
            }
            for (byte[] event : piece.events()) {
                byte[] data = data(reader, event);
                if (data != null) {
                    latest.look(data);
                }
            }
        }
        if (object == null && !latest.seen()) {
            throw new ServiceException(Locate.unknownResponse(call.pathValue("id")));
        }
        return object == null ? latest.json() : object;
    }

    private static byte @Nullable [] data(SseReader reader, byte[] event) {
        reader.feed(event, 0, event.length);
        try {
            byte[] data = null;
            while (reader.next()) {
                if (reader.hasData()) {
                    data = java.util.Arrays.copyOfRange(reader.data(), reader.dataFrom(), reader.dataTo());
                }
            }
            return data;
        } catch (SseException e) {
            throw new IllegalStateException("an event without a bound on its size", e);
        }
    }

    private static void replay(ReplayLog log, long after, OutputStream to) throws IOException, ServiceException {
        SseReader reader = new SseReader(Integer.MAX_VALUE);
        ResponseEvent parsed = new ResponseEvent();
        boolean behind = after < 0;
        long next = 0;
        End end = null;
        while (end == null) {
            Piece piece = next(log, next, to);
            for (byte[] event : piece.events()) {
                if (!behind) {
                    byte[] data = data(reader, event);
                    behind = data != null && parsed.read(data, 0, data.length) && parsed.sequence() > after;
                }
                if (behind) {
                    to.write(event);
                }
            }
            to.flush();
            next += piece.events().size();
            end = piece.end();
        }
        if (end != End.ENDED) {
            throw new ServiceException(
                    Failure.of(Kind.UPSTREAM_BROKEN, "stream_cut", "the stream ended within the answer"));
        }
    }

    /** Waits for what comes next, and shows now and then that we live. */
    private static Piece next(ReplayLog log, long from, OutputStream to) throws IOException, ServiceException {
        CompletionStage<Piece> coming = log.read(from, PIECE);
        while (true) {
            Piece piece = await(coming, log.stream().silence());
            if (piece != null) {
                return piece;
            }
            to.write(log.stream().heartbeat());
            to.flush();
        }
    }

    /** @return null: it took longer than {@code patience}, or there is nothing */
    private static <T extends @Nullable Object> @Nullable T await(
            CompletionStage<T> coming, @Nullable Duration patience) throws IOException, ServiceException {
        try {
            return patience == null
                    ? coming.toCompletableFuture().get()
                    : coming.toCompletableFuture().get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            throw new ServiceException(Failure.of(Kind.DRAINING, "draining", "this relay is closed"));
        } catch (ExecutionException e) {
            throw new IOException("the response cannot be read", e.getCause());
        }
    }

    private static long after(@Nullable String text) throws ServiceException {
        if (text == null) {
            return -1;
        }
        if (text.matches("\\d{1,18}")) {
            return Long.parseLong(text);
        }
        throw new ServiceException(Failure.invalid(
                "starting_after",
                "invalid_value",
                "starting_after: '" + (text.length() <= 24 ? text : text.substring(0, 24) + "…")
                        + "' (expected: the sequence_number of an event, 0 or more)"));
    }
}
