package dev.tidemill.simulator.relayed;

import static dev.tidemill.simulator.relayed.FaultRow.broken;
import static dev.tidemill.simulator.relayed.FaultRow.good;
import static dev.tidemill.simulator.relayed.FaultRow.last;
import static dev.tidemill.simulator.relayed.FaultRow.passed;
import static dev.tidemill.simulator.relayed.FaultRow.row;
import static dev.tidemill.simulator.relayed.FaultRow.status;
import static dev.tidemill.simulator.relayed.FaultRow.told;
import static dev.tidemill.simulator.relayed.FaultRow.toldAndDone;

import dev.tidemill.simulator.Door;
import dev.tidemill.simulator.relayed.Expected.Whole;
import java.time.Duration;
import java.util.List;

/**
 * Every upstream fault of the catalogue that HTTP/1.1 and OpenAI's API can have, and what a client behind the relay sees of
 * it. The relay asks once: rows in which another attempt would hide the fault are to be run with retries off.
 *
 * <p>The rows with a clock in them hold for a relay whose clocks are set to the constants here.
 */
public final class FaultTable {
    public static final Duration CONNECT = Duration.ofSeconds(1);
    public static final Duration HEADERS = Duration.ofMillis(800);
    public static final Duration FIRST_CONTENT = Duration.ofMillis(800);
    public static final Duration GAP = Duration.ofMillis(500);
    public static final Duration TOTAL = Duration.ofMillis(2_500);

    /** The answer's words. */
    public static final String TEXT = "The tide turns twice a day, 潮汐 turns the wheel, and “nobody” has to push it.";

    private static final String CLOSED = "upstream_connection_closed";
    private static final String MALFORMED = "upstream_malformed";
    private static final String TRUNCATED = "upstream_truncated";
    private static final String ENCODING = "upstream_encoding";
    private static final String NOT_JSON = "upstream_not_json";
    private static final String OF_THE_PROVIDER = "server_error";

    private FaultTable() {}

    /** All rows, in the catalogue's order. */
    public static List<FaultRow> rows() {
        return List.of(
                row("-", "ok", good()),
                row("U1", "ok", status(502, "upstream_connect_failed")).behind(Door.REFUSE),
                row("U1", "refuse=50ms", status(502, CLOSED)),
                row("U6", "ok", status(502, CLOSED)).behind(Door.CLOSE),
                row("U6", "accept-close", status(502, CLOSED)),
                row("U7", "close", status(502, CLOSED)),
                row("U7", "reset-at=0", status(502, CLOSED)),
                row("U8", "close-in-headers=20", status(502, CLOSED)),
                row("U8", "close-in-headers=60", status(502, CLOSED)),
                row("U8", "reset-at=40", status(502, CLOSED)),
                row("U9", "stall-headers=200ms", good()),
                row("U9", "stall-headers", status(504, "timeout_first_content"), status(504, "timeout_headers")),
                row("U10", "stall-first=200ms", good()),
                row("U10", "stall-first", status(504, "timeout_first_content"), good()),
                row("U10", "stall-first+keepalive=50ms", status(504, "timeout_first_content"), good()),
                row("U10", "ttft=300ms+keepalive=50ms", good()),
                row("U11", "stall-after=3", broken("timeout_gap"), good()),
                row("U11", "stall-after=3+keepalive=50ms", broken("timeout_gap"), good()),
                row("U11", "stall-after=3;for=200ms", good()),
                row("U12", "close-at=400", status(502, CLOSED)),
                row("U12", "reset-at=400", status(502, CLOSED)),
                row("U12", "close-at=2000", broken(CLOSED), good()),
                row("U12", "reset-at=2000", broken(CLOSED), good()),
                row("U12", "cut-after=0", status(502, CLOSED), good()),
                row("U12", "cut-after=1", broken(CLOSED), good()),
                row("U12", "cut-after=9", broken(CLOSED), good()),
                row("U13", "truncate-after=0", passed(502, TRUNCATED), good()),
                row("U13", "truncate-after=1", told(TRUNCATED), good()),
                row("U13", "truncate-after=9", told(TRUNCATED), good()),
                row("U13", "no-done", good()),
                row("U13", "no-finish", new Whole(false, true), good()),
                row("U13", "no-finish+no-done", told(TRUNCATED), good()),
                row("U13", "empty-body", passed(502, "upstream_empty_answer"), passed(502, NOT_JSON)),
                row("U14", "bad-chunk=0", status(502, MALFORMED)),
                row("U14", "bad-chunk=6", broken(MALFORMED), good()),
                row("U14", "chunk-extension=40", good()),
                row("U15", "length-larger=10", last(), status(502, CLOSED)),
                row("U15", "length-smaller=10", last(), status(502, NOT_JSON)),
                row("U15", "no-length", last()),
                row("U16", "429;retry-after=2", passed(429, "rate_limit_exceeded")),
                row("U17", "429", passed(429, "rate_limit_exceeded")),
                row("U18", "500", passed(500, OF_THE_PROVIDER)),
                row("U18", "502", passed(502, OF_THE_PROVIDER)),
                row("U18", "503", passed(503, OF_THE_PROVIDER)),
                row("U18", "504", passed(504, OF_THE_PROVIDER)),
                row("U18", "flaky=100%", passed(500, OF_THE_PROVIDER)),
                row("U18", "fail-first=1", passed(500, OF_THE_PROVIDER)),
                row("U19", "529", passed(503, "overloaded_error")),
                row("U20", "401", passed(502, "upstream_credential")),
                row("U20", "402", passed(502, "upstream_credential")),
                row("U20", "403", passed(502, "upstream_credential")),
                row("U21", "400", passed(400, "invalid_request_error")),
                row("U21", "404", passed(404, "model_not_found")),
                row("U22", "error-body", passed(502, OF_THE_PROVIDER)),
                row("U23", "error-event=0", status(502, OF_THE_PROVIDER), good()),
                row("U23", "error-event=0;form=event", status(502, OF_THE_PROVIDER), good()),
                row("U23", "error-event=0;form=field", status(502, OF_THE_PROVIDER), good()),
                row("U23", "error-event=0;done=yes", status(502, OF_THE_PROVIDER), good()),
                row("U23", "error-event=3", told(OF_THE_PROVIDER), good()),
                row("U23", "error-event=3;form=event", told(OF_THE_PROVIDER), good()),
                row("U23", "error-event=3;form=field", told(OF_THE_PROVIDER), good()),
                row("U23", "error-event=3;done=yes", toldAndDone(OF_THE_PROVIDER), good()),
                row("U24", "html", passed(502, "upstream_error")),
                row("U24", "html=200", passed(502, NOT_JSON)),
                row("U25", "wrong-type", passed(502, "upstream_not_a_stream"), status(502, NOT_JSON)),
                row("U26", "sse-cr", good()),
                row("U26", "sse-crlf", good()),
                row("U26", "sse-bom", good()),
                row("U26", "sse-comments", good()),
                row("U26", "sse-multiline", good()),
                row("U26", "sse-no-space", good()),
                row("U26", "sse-fields", good()),
                row("U26", "sse-frames=10", good()),
                row("U26", "sse-frames=1", good()),
                row("U26", "sse-merged=5", good()),
                row("U26", "sse-cr+sse-bom+sse-multiline+sse-frames=3", good()),
                row("U26", "split=7;pause=500us", good()),
                row("U27", "bad-json=0", good()),
                row("U27", "bad-json=4", good()),
                row("U28", "huge-event=20MiB", status(502, "upstream_event_too_large"), good()),
                row("U29", "infinite+speed=100", broken("timeout_total"), good()),
                row("U30", "drip=40", status(504, "timeout_first_content"), status(504, "timeout_headers")),
                row("U30", "drip=600", status(504, "timeout_first_content"), good()),
                row("U30", "drip=5000", good()),
                row("U31", "usage=missing", good()),
                row("U31", "usage=negative", good()),
                row("U31", "usage=huge", good()),
                row("U31", "usage=repeated", good()),
                row("U31", "usage=in-finish", good()),
                row("U31", "usage=null-choices", good()),
                row("U32", "after-done", good()),
                row("U33", "redirect", status(502, "upstream_redirect")),
                row("U33", "redirect=307", status(502, "upstream_redirect")),
                row("U34", "gzip", good()),
                row("U34", "gzip+sse-frames=5", good()),
                row("U34", "gzip-bomb=24MiB", status(502, ENCODING)),
                row("U34", "wrong-encoding", status(502, ENCODING)),
                row("U36", "early=413", status(413, "invalid_request_error")).padded(4 << 20),
                row("U36", "early=429", status(429, "rate_limit_exceeded")).padded(4 << 20),
                row("U37", "idle-close", last()),
                row("U38", "header-bomb", status(502, MALFORMED)),
                row("U38", "two-lengths", status(502, MALFORMED)),
                row("U38", "length-and-chunked", status(502, MALFORMED)),
                row("U38", "interim=100", good()),
                row("U38", "interim=103", good()),
                row("U39", "extra-answer", last()),
                row("U40", "model-name", good()));
    }
}
