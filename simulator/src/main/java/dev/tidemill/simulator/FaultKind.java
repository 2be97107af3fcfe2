package dev.tidemill.simulator;

import static dev.tidemill.simulator.Parameter.bytes;
import static dev.tidemill.simulator.Parameter.chance;
import static dev.tidemill.simulator.Parameter.number;
import static dev.tidemill.simulator.Parameter.text;
import static dev.tidemill.simulator.Parameter.time;
import static dev.tidemill.simulator.Parameter.word;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue: everything that can go wrong between a relay and a provider, each with its name, its values and what it does.
 * {@code docs/simulator.md} is this list as a table, and a test holds the two together.
 */
@SuppressWarnings("ImmutableEnumChecker") // the lists are copies that cannot be changed
public enum FaultKind {
    // Connections
    REFUSE(
            true,
            "the connection is reset, and the listener is closed for a time: new connections are refused",
            time("for", "1s")),
    ACCEPT_CLOSE(
            true,
            "the connection is closed unanswered, and so are the next ones, as soon as they are accepted",
            number("next", 1)),
    CLOSE(true, "closed after the request was read, before any header"),
    CLOSE_IN_HEADERS(true, "closed after some bytes of the status line and headers", bytes("bytes", "20")),
    RESET_AT(true, "reset (RST) after so many bytes of the answer, head included", bytes("bytes", "0")),
    CLOSE_AT(true, "closed (FIN) after so many bytes of the answer, head included", bytes("bytes", "0")),
    IDLE_CLOSE(
            false,
            "the kept-alive connection is closed in silence once it has answered so many requests",
            number("requests", 1),
            time("after", "0ms")),

    // Silence and slowness
    STALL_HEADERS(true, "nothing is sent for a time, then the answer", time("for", "10m")),
    STALL_FIRST(true, "head and opening event are sent, then nothing for a time", time("for", "10m")),
    STALL_AFTER(
            true, "nothing is sent for a time after so many content events", number("events", 1), time("for", "10m")),
    STALL_AT(
            true,
            "nothing is sent for a time after so many bytes of the answer, head included",
            bytes("bytes", "0"),
            time("for", "10m")),
    STALL_REASONING(true, "nothing is sent for a time after the reasoning, before the answer", time("for", "10m")),
    STALL_TOOLS(
            true,
            "nothing is sent for a time inside the first tool call, after so many pieces of its arguments",
            number("events", 1),
            time("for", "10m")),
    DRIP(false, "the answer is sent at so many bytes a second", bytes("bytes", "10")),
    SPLIT(false, "the answer is sent in writes of so many bytes", bytes("bytes", "7"), time("pause", "1ms")),

    // Statuses and bodies
    STATUS(
            true,
            "an error status with an error body; may be written as the number alone: 429;retry-after=2",
            number("code", 500),
            text("retry-after", ""),
            text("retry-after-ms", ""),
            text("should-retry", ""),
            text("type", ""),
            text("error-code", ""),
            text("message", "")),
    FLAKY(true, "an error status at a chance", chance("chance", "5%"), number("status", 500)),
    FAIL_FIRST(
            true,
            "an error status for the first attempts of each distinct request body or key",
            number("attempts", 1),
            number("status", 500),
            word("by", "body", "key")),
    CONTENT_FILTER(
            true,
            "refused for its content: with status 400, or an answer that ends as refused after so many tokens",
            word("as", "status", "finish"),
            number("after", 0),
            text("error-code", "")),
    CONTEXT_LENGTH(
            true,
            "status 400: the prompt is longer than the model takes",
            number("tokens", 210_000),
            number("limit", 200_000)),
    ERROR_BODY(true, "status 200 with an error object as JSON body", text("type", ""), text("message", "")),
    HTML(true, "an HTML page", number("status", 502)),
    WRONG_TYPE(true, "JSON when a stream was asked for, a stream when none was"),
    EMPTY_BODY(true, "status 200 with a body of no bytes"),
    REDIRECT(true, "a redirect", number("status", 302), text("location", "http://127.0.0.1:9/elsewhere")),
    EARLY(true, "an answer while the request is still being sent (bodies over 64 KiB)", number("status", 413)),

    // HTTP framing
    LENGTH_LARGER(true, "Content-Length promises so many bytes more than come before the close", bytes("by", "10")),
    LENGTH_SMALLER(true, "Content-Length promises so many bytes fewer than come", bytes("by", "10")),
    TWO_LENGTHS(true, "two Content-Length headers that differ"),
    LENGTH_AND_CHUNKED(true, "Content-Length beside Transfer-Encoding: chunked"),
    BAD_CHUNK(true, "a chunk size that is no number, after so many chunks", number("after", 0)),
    CHUNK_EXTENSION(false, "an extension of so many bytes on each chunk size", bytes("bytes", "40")),
    NO_LENGTH(false, "no length and no chunks: the body ends with the connection"),
    INTERIM(false, "a 1xx answer before the real one", number("status", 103)),
    EXTRA_ANSWER(true, "a second answer after the declared end of the first"),
    HEADER_BOMB(true, "so many bytes of headers", bytes("bytes", "1MiB")),
    GZIP(false, "the body is compressed, whether asked for or not"),
    GZIP_BOMB(true, "a small compressed body that inflates to so many bytes", bytes("bytes", "100MiB")),
    WRONG_ENCODING(true, "Content-Encoding: gzip over a body that is not compressed"),

    // Streams
    TRUNCATE_AFTER(true, "clean end after so many content events, without finish and terminator", number("events", 1)),
    NO_DONE(true, "clean end after the finish event, without terminator"),
    NO_FINISH(true, "terminator without a finish event"),
    FINISH_ERROR(true, "the answer ends after so many tokens with an error for its reason", number("after", 1)),
    CUT_AFTER(true, "closed after so many content events, without the last chunk", number("events", 1)),
    ERROR_EVENT(
            true,
            "an error inside a 200 after so many content events, then the end",
            number("after", 0),
            number("status", 500),
            text("type", ""),
            text("error-code", ""),
            text("message", ""),
            word("form", "data", "event", "field", "other"),
            word("done", "no", "yes")),
    BAD_JSON(true, "one event of broken JSON after so many content events", number("after", 0)),
    HUGE_EVENT(
            true,
            "one content event has so many bytes, after so many others; in one piece, so many spaces behind the first brace",
            bytes("bytes", "64MiB"),
            number("after", 0)),
    INFINITE(true, "the stream does not end before this time, or before the peer goes", time("for", "1h")),
    AFTER_DONE(true, "a content event and a second terminator after the terminator"),
    USAGE(
            true,
            "usage that is missing, negative, beyond 2^53, told twice, or in the finish event",
            word("form", "missing", "negative", "huge", "repeated", "in-finish", "null-choices")),
    MODEL_NAME(false, "another model name in the answer", text("name", "another-model")),

    TOOL_SPLIT(false, "the arguments of tool calls come one character at a time"),

    // Legal but odd server-sent events
    SSE_CR(false, "lines end with CR"),
    SSE_CRLF(false, "lines end with CRLF"),
    SSE_MIXED(false, "each event with other line ends than the one before"),
    SSE_BOM(false, "a byte order mark before the first event"),
    SSE_COMMENTS(false, "a comment line before each event"),
    SSE_MULTILINE(false, "the JSON of each event over several data lines"),
    SSE_NO_SPACE(false, "no space after the colon"),
    SSE_FIELDS(false, "id, retry, event and unknown fields with each event"),
    SSE_FRAMES(false, "events cut across chunks of so many bytes", bytes("bytes", "10")),
    SSE_MERGED(false, "so many events in one chunk", number("events", 5)),
    KEEPALIVE(
            false,
            "a comment, or the ping of a protocol that has one, at this interval while the stream waits",
            time("every", "1s"));

    private final boolean breaks;
    private final String meaning;
    private final List<Parameter> parameters;

    FaultKind(boolean breaks, String meaning, Parameter... parameters) {
        this.breaks = breaks;
        this.meaning = meaning;
        this.parameters = List.of(parameters);
    }

    /** Whether an answer under this fault counts as broken on purpose; the others are odd but right. */
    public boolean breaks() {
        return breaks;
    }

    /** What happens, in half a sentence. */
    public String meaning() {
        return meaning;
    }

    /** The values it takes; the first is the one that may be written after the name alone, {@code reset-at=120}. */
    public List<Parameter> parameters() {
        return parameters;
    }

    /** The name as it is written, {@code stall-headers}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static @Nullable FaultKind labelled(String label) {
        for (FaultKind kind : values()) {
            if (kind.label().equals(label)) {
                return kind;
            }
        }
        return null;
    }
}
