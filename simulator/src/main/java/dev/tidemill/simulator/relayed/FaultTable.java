package dev.tidemill.simulator.relayed;

import static dev.tidemill.simulator.relayed.Api.CHAT;
import static dev.tidemill.simulator.relayed.Api.GEMINI;
import static dev.tidemill.simulator.relayed.Api.MESSAGES;
import static dev.tidemill.simulator.relayed.Api.RESPONSES;
import static dev.tidemill.simulator.relayed.Cell.after;
import static dev.tidemill.simulator.relayed.Cell.broken;
import static dev.tidemill.simulator.relayed.Cell.good;
import static dev.tidemill.simulator.relayed.Cell.last;
import static dev.tidemill.simulator.relayed.Cell.passed;
import static dev.tidemill.simulator.relayed.Cell.refused;
import static dev.tidemill.simulator.relayed.Cell.status;
import static dev.tidemill.simulator.relayed.Cell.told;
import static dev.tidemill.simulator.relayed.Cell.unfinished;
import static dev.tidemill.simulator.relayed.Expected.ErrorEvent.ENDLESS;
import static dev.tidemill.simulator.relayed.Expected.ErrorEvent.SOME;
import static dev.tidemill.simulator.relayed.FaultRow.again;
import static dev.tidemill.simulator.relayed.FaultRow.elsewhere;
import static dev.tidemill.simulator.relayed.FaultRow.row;

import dev.tidemill.simulator.relayed.Cell.Stated;
import dev.tidemill.simulator.relayed.Setup.Retries;
import dev.tidemill.simulator.text.Tokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Every upstream fault of the catalogue that HTTP/1.1 can have, and what a client behind the relay sees of it, in each API.
 * Most rows allow the relay one attempt at one target, so that the fault itself is seen; the others show what another
 * attempt makes of it.
 *
 * <p>The rows with a clock in them hold for a relay whose clocks are set to the constants here, as {@link Setup#hurried} says.
 */
public final class FaultTable {
    public static final Duration CONNECT = Duration.ofSeconds(1);
    public static final Duration HEADERS = Duration.ofSeconds(1);
    public static final Duration FIRST_CONTENT = Duration.ofSeconds(1);
    public static final Duration GAP = Duration.ofMillis(500);
    public static final Duration TOTAL = Duration.ofSeconds(3);

    /** The number of faults in the catalogue. */
    public static final int FAULTS = 40;

    /** The fault that HTTP/1.1 cannot have. */
    public static final String HTTP_2_ONLY = "U35";

    /** The answer's words. */
    public static final String TEXT = "The tide turns twice a day, 潮汐 turns the wheel, and “nobody” has to push it.";

    /** Bytes of one request and its answer that a relay may hold: an event of 16 MiB, beside what is held of any. */
    public static final long MOST_HELD = 20 << 20;

    private static final List<String> PIECES = Tokens.split(TEXT);
    private static final int ALL = PIECES.size();
    private static final int LONG_PROMPT = 4 << 20;

    private static final Setup WITHOUT_USAGE = Setup.PLAIN.withoutUsage();

    private static final String MODEL_MISSING = "404;message=model: models/sim is not found";
    private static final String CLOSED = "upstream_connection_closed";
    private static final String MALFORMED = "upstream_malformed";
    private static final String TRUNCATED = "upstream_truncated";
    private static final String ENCODING = "upstream_encoding";
    private static final String TOO_LONG_EVENT = "upstream_event_too_large";
    private static final String NOT_JSON = "upstream_not_json";

    private static final ErrorName SERVER = ErrorName.its("server_error", "api_error", "INTERNAL");
    private static final ErrorName UNAVAILABLE = ErrorName.its("server_error", "api_error", "UNAVAILABLE");
    private static final ErrorName TIMEOUT = ErrorName.its("server_error", "timeout_error", "DEADLINE_EXCEEDED");
    private static final ErrorName OVERLOADED = ErrorName.its("overloaded_error", "overloaded_error", "UNAVAILABLE");
    private static final ErrorName LIMITED =
            ErrorName.its("rate_limit_exceeded", "rate_limit_error", "RESOURCE_EXHAUSTED");
    private static final ErrorName REQUEST =
            ErrorName.its("invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT");
    private static final ErrorName TOO_LONG =
            ErrorName.its("context_length_exceeded", "invalid_request_error", "INVALID_ARGUMENT");
    private static final ErrorName POLICY =
            ErrorName.its("content_policy_violation", "invalid_request_error", "INVALID_ARGUMENT");
    private static final ErrorName TOO_LARGE =
            ErrorName.its("invalid_request_error", "request_too_large", "INVALID_ARGUMENT");
    private static final ErrorName NO_MODEL = ErrorName.its("model_not_found", "not_found_error", "NOT_FOUND");

    private FaultTable() {}

    /** The first pieces of the text, as a provider streams them. */
    static String pieces(int count) {
        return String.join("", PIECES.subList(0, count));
    }

    /** All rows, in the catalogue's order. */
    public static List<FaultRow> rows() {
        List<FaultRow> all = new ArrayList<>();
        all.add(row("-", "ok", good()));
        all.addAll(connecting());
        all.addAll(closing());
        all.addAll(silence());
        all.addAll(breaking());
        all.addAll(framing());
        all.addAll(statuses());
        all.addAll(errorsInside());
        all.addAll(events());
        all.addAll(oddities());
        all.addAll(otherHttp());
        return List.copyOf(all);
    }

    private static List<FaultRow> connecting() {
        return List.of(
                row("U1", Way.REFUSED, status(502, "upstream_connect_failed").uncounted()),
                elsewhere("U1", Way.REFUSED, after(2).uncounted()),
                row("U1", "refuse=50ms", status(502, CLOSED)),
                row("U2", Way.SILENT, status(504, "timeout_connect").uncounted()),
                elsewhere("U2", Way.SILENT, after(2).uncounted()),
                row(
                        "U3",
                        Way.NO_SUCH_NAME,
                        status(502, "upstream_name_not_found").uncounted()),
                elsewhere("U3", Way.NO_SUCH_NAME, after(2).uncounted()),
                row("U4", Way.SILENT_NAME_SERVER, status(504, "timeout_connect").uncounted()),
                elsewhere("U4", Way.SILENT_NAME_SERVER, after(2).uncounted()),
                row("U5", Way.TLS_EXPIRED, status(502, "upstream_tls_failed").uncounted()),
                row("U5", Way.TLS_WRONG_HOST, status(502, "upstream_tls_failed").uncounted()),
                row(
                        "U5",
                        Way.TLS_SELF_SIGNED,
                        status(502, "upstream_tls_failed").uncounted()),
                row("U5", Way.TLS_RESET, status(502, "upstream_tls_failed").uncounted()),
                row("U5", Way.TLS_OLD, status(502, "upstream_tls_failed").uncounted()),
                elsewhere("U5", Way.TLS_EXPIRED, after(2).uncounted()));
    }

    private static List<FaultRow> closing() {
        return List.of(
                row("U6", Way.CLOSED_AT_ONCE, status(502, CLOSED)),
                elsewhere("U6", Way.CLOSED_AT_ONCE, after(4)),
                row("U6", "accept-close", status(502, CLOSED)),
                again("U6", "accept-close;times=1", after(3).kept()),
                row("U7", "close", status(502, CLOSED)),
                row("U7", "reset-at=0", status(502, CLOSED)),
                again("U7", "close;times=1", after(2).kept()),
                elsewhere("U7", "close", after(4)),
                row("U8", "close-in-headers=20", status(502, CLOSED)),
                row("U8", "close-in-headers=60", status(502, CLOSED)),
                row("U8", "reset-at=40", status(502, CLOSED)),
                elsewhere("U8", "close-in-headers=20", after(4)));
    }

    private static List<FaultRow> silence() {
        return List.of(
                row("U9", "stall-headers=200ms", good()),
                row("U9", "stall-headers", status(504, "timeout_first_content"), status(504, "timeout_headers")),
                elsewhere("U9", "stall-headers", after(2)),
                row("U10", "stall-first=200ms", good(), "stall-at=150;for=200ms", good()),
                row(
                        "U10",
                        "stall-first",
                        status(504, "timeout_first_content"),
                        "stall-at=150",
                        status(504, "timeout_headers")),
                row("U10", "stall-first+keepalive=50ms", status(504, "timeout_first_content"), good()),
                row("U10", "ttft=300ms+keepalive=50ms", good()),
                elsewhere("U10", "stall-at=150", after(2)),
                row("U11", "stall-after=3", broken("timeout_gap", 3), "stall-at=400", status(504, "timeout_headers")),
                row("U11", "stall-after=3+keepalive=50ms", broken("timeout_gap", 3), good()),
                row("U11", "stall-after=3;for=200ms", good(), "stall-at=400;for=200ms", good()));
    }

    private static List<FaultRow> breaking() {
        return List.of(
                row("U12", "close-at=250", status(502, CLOSED)),
                row("U12", "reset-at=250", status(502, CLOSED)),
                row("U12", "close-at=2000", broken(CLOSED, SOME), "close-at=300", status(502, CLOSED))
                        .in(RESPONSES, status(502, CLOSED)),
                row("U12", "reset-at=2000", broken(CLOSED, SOME), "reset-at=300", status(502, CLOSED))
                        .in(RESPONSES, status(502, CLOSED)),
                row("U12", "cut-after=0", status(502, CLOSED), "close-at=310", status(502, CLOSED)),
                row("U12", "cut-after=1", broken(CLOSED, 1), "close-at=320", status(502, CLOSED)),
                row("U12", "cut-after=9", broken(CLOSED, 9), "close-at=330", status(502, CLOSED)),
                row("U12", "cut-after=9", broken(CLOSED, 9), "close-at=330", status(502, CLOSED))
                        .in(WITHOUT_USAGE),
                elsewhere("U12", "reset-at=250", after(4)),
                row("U13", "truncate-after=0", refused(502, TRUNCATED), "length-smaller=10", status(502, NOT_JSON)),
                row("U13", "truncate-after=1", told(TRUNCATED, 1), "length-smaller=2", status(502, NOT_JSON)),
                row("U13", "truncate-after=9", told(TRUNCATED, 9), "length-smaller=50", status(502, NOT_JSON)),
                row("U13", "no-done", good(), "no-length", last())
                        .in(MESSAGES, told(TRUNCATED, ALL))
                        .in(RESPONSES, told(TRUNCATED, ALL))
                        .in(GEMINI, told(TRUNCATED, ALL)),
                row("U13", "no-done", good(), "no-length", last())
                        .in(WITHOUT_USAGE)
                        .in(MESSAGES, told(TRUNCATED, ALL))
                        .in(RESPONSES, told(TRUNCATED, ALL))
                        .in(GEMINI, told(TRUNCATED, ALL)),
                row("U13", "no-finish", unfinished(), "no-length", last())
                        .in(MESSAGES, unfinished().stating(Stated.PROMPT_AND_ONE))
                        .in(RESPONSES, told(TRUNCATED, ALL))
                        .in(GEMINI, told(TRUNCATED, ALL)),
                row("U13", "no-finish+no-done", told(TRUNCATED, ALL), "no-length", last()),
                row("U13", "empty-body", refused(502, "upstream_empty_answer"), refused(502, NOT_JSON)),
                elsewhere("U13", "empty-body", after(4).kept()));
    }

    private static List<FaultRow> framing() {
        return List.of(
                row("U14", "bad-chunk=0", status(502, MALFORMED)),
                row("U14", "bad-chunk=6", broken(MALFORMED, 5), "bad-chunk=0", status(502, MALFORMED))
                        .in(MESSAGES, broken(MALFORMED, 3))
                        .in(RESPONSES, broken(MALFORMED, 2))
                        .in(GEMINI, broken(MALFORMED, 6)),
                row("U14", "chunk-extension=40", good()),
                elsewhere("U14", "bad-chunk=0", after(4)),
                row("U15", "length-larger=10", last(), status(502, CLOSED)).in(GEMINI, brokenBehindTheEnd()),
                row("U15", "length-smaller=10", last(), status(502, NOT_JSON))
                        .in(MESSAGES, told(TRUNCATED, ALL).closed())
                        .in(RESPONSES, told(TRUNCATED, ALL).closed())
                        .in(GEMINI, told(TRUNCATED, ALL).closed()),
                row("U15", "no-length", last()));
    }

    private static List<FaultRow> statuses() {
        return List.of(
                row("U16", "429;retry-after=2", passed(429, LIMITED).uncounted().retryAfter(2))
                        .in(GEMINI, passed(429, LIMITED).uncounted().retryAfter(3)),
                row(
                        "U16",
                        "429;retry-after=date:30",
                        passed(429, LIMITED).uncounted().retryAfter(30)),
                row(
                        "U16",
                        "429;retry-after=absurd",
                        passed(429, LIMITED).uncounted().retryAfter(60)),
                row("U16", "429;retry-after=negative", passed(429, LIMITED).uncounted()),
                again("U16", "429;retry-after=1;times=1", after(2).uncounted().kept())
                        .in(
                                GEMINI,
                                passed(429, LIMITED).uncounted().retryAfter(2)), // a second more: over half the time
                elsewhere("U16", "429;retry-after=50", after(2).uncounted().kept()),
                row("U17", "429;retry-after=none", passed(429, LIMITED).uncounted()),
                again(
                        "U17",
                        "429;retry-after=none;times=1",
                        after(2).uncounted().kept()),
                elsewhere("U17", "429;retry-after=none", after(2).uncounted().kept()),
                row("U18", "500", passed(500, SERVER)),
                row("U18", "502", passed(502, SERVER)),
                row("U18", "503", passed(503, UNAVAILABLE)),
                row("U18", "504", passed(504, TIMEOUT)),
                row("U18", "flaky=100%", passed(500, SERVER)),
                row("U18", "fail-first=1", passed(500, SERVER)),
                again("U18", "fail-first=2", after(3).kept()),
                again("U18", "500", passed(500, SERVER).attempts(3).counted(3)),
                elsewhere("U18", "503", after(4).kept()),
                row("U19", "529", passed(503, OVERLOADED))
                        .in(MESSAGES, passed(529, OVERLOADED), passed(529, OVERLOADED)),
                elsewhere("U19", "529", after(4).kept()),
                row("U20", "401", refused(502, "upstream_credential").uncounted()),
                row("U20", "402", refused(502, "upstream_credential").uncounted()),
                row("U20", "403", refused(502, "upstream_credential").uncounted()),
                row(
                        "U20",
                        "403;error-code=model_not_found",
                        refused(502, "upstream_credential").uncounted()),
                elsewhere("U20", "401", after(2).uncounted().kept()),
                row("U21", "400", passed(400, REQUEST).uncounted()),
                row("U21", MODEL_MISSING, passed(404, NO_MODEL).uncounted()),
                row("U21", "context-length", passed(400, TOO_LONG).uncounted()),
                row("U21", "content-filter", passed(400, POLICY).uncounted()),
                elsewhere("U21", "400", passed(400, REQUEST).uncounted()),
                elsewhere("U21", "content-filter", passed(400, POLICY).uncounted()),
                elsewhere("U21", "context-length", after(2).uncounted().kept()),
                elsewhere("U21", MODEL_MISSING, after(2).uncounted().kept()));
    }

    private static List<FaultRow> errorsInside() {
        return List.of(
                row("U22", "error-body", passed(502, UNAVAILABLE)),
                elsewhere("U22", "error-body", after(4).kept()),
                row("U23", "error-event=0", early(), "error-body", passed(502, UNAVAILABLE)),
                row("U23", "error-event=0;form=event", early(), "error-body", passed(502, UNAVAILABLE)),
                row("U23", "error-event=0;form=field", early(), "error-body", passed(502, UNAVAILABLE)),
                row("U23", "error-event=0;done=yes", early(), "error-body", passed(502, UNAVAILABLE)),
                row("U23", "error-event=3", told(SERVER, 3), "error-body", passed(502, UNAVAILABLE)),
                row("U23", "error-event=3;form=event", told(SERVER, 3), "error-body", passed(502, UNAVAILABLE)),
                row("U23", "error-event=3;form=field", told(SERVER, 3), "error-body", passed(502, UNAVAILABLE)),
                row("U23", "error-event=3;done=yes", told(SERVER, 3).andEnded(), "error-body", passed(502, UNAVAILABLE))
                        .in(RESPONSES, told(SERVER, 3))
                        .in(GEMINI, told(SERVER, 3)),
                row("U23", "error-event=0;times=1", after(2).kept(), "error-body;times=1", after(2).kept())
                        .in(Setup.PLAIN.with(Retries.SAME)),
                row("U23", "error-event=0", after(4), "error-body", after(4).kept())
                        .in(Setup.PLAIN.with(Retries.OTHER)),
                row("U24", "html", refused(502, "upstream_error")),
                row("U24", "html=200", refused(502, NOT_JSON)),
                elsewhere("U24", "html", after(4).kept()),
                elsewhere("U24", "html=200", after(2).kept()),
                row("U25", "wrong-type", refused(502, "upstream_not_a_stream"), status(502, NOT_JSON)),
                row("U25", "wrong-type", after(2).kept(), after(2)).in(Setup.PLAIN.with(Retries.OTHER)));
    }

    /** Nothing tells that a finish reason of Gemini's is the last that comes, so a broken body is broken behind it, too. */
    private static Cell brokenBehindTheEnd() {
        return broken(CLOSED, ALL).andEnded();
    }

    /** The provider's error before any content. */
    private static Cell early() {
        return passed(502, UNAVAILABLE).closed();
    }

    private static List<FaultRow> events() {
        String pieces = "split=7;pause=500us+chunk-extension=9";
        return List.of(
                row("U26", "sse-cr", good(), pieces, good()),
                row("U26", "sse-crlf", good(), pieces, good()),
                row("U26", "sse-mixed", good(), pieces, good()),
                row("U26", "sse-bom", good(), pieces, good()),
                row("U26", "sse-comments", good(), pieces, good()),
                row("U26", "sse-multiline", good(), pieces, good()),
                row("U26", "sse-no-space", good(), pieces, good()),
                row("U26", "sse-fields", good(), pieces, good()),
                row("U26", "sse-frames=10", good(), pieces, good()),
                row("U26", "sse-frames=1", good(), pieces, good()),
                row("U26", "sse-merged=5", good(), pieces, good()),
                row("U26", "sse-cr+sse-bom+sse-multiline+sse-frames=3", good(), pieces, good()),
                row("U26", "split=7;pause=500us", good()),
                row("U27", "bad-json=0", good().dropping(1), "length-smaller=10", status(502, NOT_JSON)),
                row("U27", "bad-json=4", good().dropping(1), "length-smaller=10", status(502, NOT_JSON)),
                row("U28", "huge-event=64MiB", status(502, TOO_LONG_EVENT), "huge-event=24MiB", good().unstated())
                        .in(Setup.PLAIN.unhurried()),
                row("U28", "huge-event=64MiB;after=3", broken(TOO_LONG_EVENT, 3), "huge-event=9MiB", good().unstated())
                        .in(Setup.PLAIN.unhurried()),
                row(
                        "U29",
                        "infinite+speed=100",
                        broken("timeout_total", ENDLESS).uncounted(),
                        "drip=120",
                        status(504, "timeout_total").uncounted()),
                row("U30", "drip=40", status(504, "timeout_first_content"), status(504, "timeout_headers")),
                row("U30", "drip=300", status(504, "timeout_first_content"), "drip=600", good()),
                row("U30", "drip=9000", good()),
                row("U31", "usage=missing", good().unstated()),
                row("U31", "usage=negative", good().unstated()),
                row("U31", "usage=huge", good().unstated()),
                row("U31", "usage=repeated", good()),
                row("U31", "usage=in-finish", good()),
                row("U31", "usage=null-choices", good().unstated())
                        .in(CHAT, good())
                        .in(GEMINI, good()),
                row("U31", "usage=repeated", good()).in(WITHOUT_USAGE),
                row("U31", "usage=null-choices", good().unstated())
                        .in(WITHOUT_USAGE)
                        .in(CHAT, good())
                        .in(GEMINI, good()),
                row("U32", "after-done", good().dropping(2), "extra-answer", last())
                        .in(MESSAGES, good().dropping(3))
                        .in(RESPONSES, good().dropping(7))
                        .in(GEMINI, good().andMore()));
    }

    private static List<FaultRow> oddities() {
        return List.of(
                row("U33", "redirect", status(502, "upstream_redirect")),
                row("U33", "redirect=307", status(502, "upstream_redirect")),
                elsewhere("U33", "redirect", after(2)),
                row("U34", "gzip", good()),
                row("U34", "gzip+sse-frames=5", good()),
                row("U34", "gzip-bomb=9MiB", status(502, ENCODING)).in(Setup.PLAIN.unhurried()),
                row("U34", "wrong-encoding", status(502, ENCODING)),
                elsewhere("U34", "wrong-encoding", after(2)));
    }

    private static List<FaultRow> otherHttp() {
        return List.of(
                row("U36", "early=413", passed(413, TOO_LARGE).closed().uncounted())
                        .in(Setup.PLAIN.padded(LONG_PROMPT).unhurried()),
                row("U36", "early=429", passed(429, LIMITED).closed().uncounted())
                        .in(Setup.PLAIN.padded(LONG_PROMPT).unhurried()),
                row("U37", "idle-close", last()).in(Setup.PLAIN.asked(2)),
                row("U37", "idle-close;after=30ms", last()).in(Setup.PLAIN.asked(2)),
                row("U38", "header-bomb", status(502, MALFORMED)),
                row("U38", "two-lengths", status(502, MALFORMED)),
                row("U38", "length-and-chunked", status(502, MALFORMED)),
                row("U38", "interim=100", good()),
                row("U38", "interim=103", good()),
                elsewhere("U38", "two-lengths", after(4)),
                row("U39", "extra-answer", last()),
                row("U39", "extra-answer", last()).in(Setup.PLAIN.asked(2)),
                row("U40", "model-name", good()),
                row("U40", "tools=1+tool-split", good()).in(Setup.PLAIN.calling()),
                row("U40", "tools=1+tool-split+split=5;pause=200us", good()).in(Setup.PLAIN.calling()));
    }
}
