package dev.tidemill.wire.openai;

import dev.tidemill.wire.GrowingBytes;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.dialect.TextFields;
import dev.tidemill.wire.json.JsonSyntax;
import dev.tidemill.wire.json.JsonText;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A Responses stream: whole after {@code response.completed} or {@code response.incomplete}; there is no {@code [DONE]}. OpenAI tells an
 * exhausted quota behind {@code response.created}, so that what comes before the first content says nothing about success.
 *
 * <p>An error of ours is told twice: as the nested {@code error} event, since only that one makes the official clients raise, and as
 * {@code response.failed}, which ends the response for those who build it up. Both go on with the numbers seen.
 */
final class ResponsesStream implements AnswerStream {
    private static final byte[] HEARTBEAT = ": hb\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};
    private static final TextFields TEXTS = TextFields.of("delta");
    /** The number of a larger event, which is an image, is read at once. */
    private static final int MAX_LAST_EVENT = 64 << 10;

    private final ResponseEvent event = new ResponseEvent();
    private final GrowingBytes last = new GrowingBytes(MAX_LAST_EVENT);
    private @Nullable ResponseObject begun;
    private long sequence = -1;
    private boolean content;
    private boolean silent;
    private boolean whole;
    private @Nullable Usage usage;

    @Override
    public int look(EventReader reader) {
        byte[] a = reader.data();
        boolean read = content
                ? event.readHead(a, reader.dataFrom(), reader.dataTo())
                : event.read(a, reader.dataFrom(), reader.dataTo());
        if (!read || !(event.type().tells() || JsonSyntax.isObject(a, reader.dataFrom(), reader.dataTo()))) {
            return Meaning.BAD;
        }
        remember(a, reader.dataFrom(), reader.dataTo());
        int flags = switch (event.type()) {
            case TEXT -> delta(a, false);
            case HIDDEN -> delta(a, true);
            case PIECE -> Meaning.CONTENT;
            case ITEM -> item(a);
            case OPEN -> {
                begun = told() ? begun : event.response(a);
                yield 0;
            }
            case COMPLETED -> {
                whole = true;
                yield Meaning.FINISH | Meaning.LAST | usage(a);
            }
            case FAILED -> Meaning.ERROR | Meaning.LAST | usage(a);
            case ERROR -> Meaning.ERROR;
            case PING -> Meaning.PING;
            case NONE -> event.hasError(a) ? Meaning.ERROR : 0;
            case OTHER -> 0;
        };
        content |= (flags & Meaning.CONTENT) != 0;
        return flags;
    }

    /** Keeps the event, since its number is wanted only if it turns out to be the last one. */
    private void remember(byte[] a, int from, int to) {
        last.clear();
        if (event.sequence() < 0 && to - from <= MAX_LAST_EVENT) {
            last.write(a, from, to);
        } else if (event.sequence() >= 0 || event.read(a, from, to)) {
            sequence = Math.max(sequence, event.sequence());
        }
    }

    private long nextSequence() {
        ResponseEvent lastEvent = new ResponseEvent();
        if (lastEvent.read(last.array(), 0, last.size())) {
            sequence = Math.max(sequence, lastEvent.sequence());
        }
        return sequence + 1;
    }

    private int delta(byte[] a, boolean hidden) {
        if (!content && !event.hasDelta(a)) {
            return 0;
        }
        silent = hidden;
        return Meaning.CONTENT;
    }

    private int item(byte[] a) {
        return switch (event.item(a)) {
            case CALL -> {
                silent = true;
                yield Meaning.CONTENT;
            }
            case REASONING -> {
                silent = true;
                yield 0;
            }
            case MESSAGE, NONE -> 0;
        };
    }

    /** Whether the response's id is known; one that comes later is another name of the same. */
    private boolean told() {
        return begun != null && begun.id() != null;
    }

    private int usage(byte[] a) {
        ResponseObject response = event.response(a);
        if (response == null) {
            return 0;
        }
        begun = told() ? begun : response;
        if (response.usage() == null) {
            return 0;
        }
        usage = response.usage();
        return Meaning.USAGE;
    }

    @Override
    public boolean whole() {
        return whole;
    }

    @Override
    public boolean silent() {
        return silent;
    }

    @Override
    public int textLength(EventReader event) {
        return TEXTS.length(event.data(), event.dataFrom(), event.dataTo());
    }

    @Override
    public @Nullable Usage usage() {
        return usage;
    }

    @Override
    public @Nullable String storedId() {
        return begun == null ? null : begun.id();
    }

    /** Nothing: the last event is the answer's own, and none but the provider can write it. */
    @Override
    public byte[] terminator() {
        return NOTHING;
    }

    @Override
    public byte[] error(ErrorText error) {
        long number = nextSequence();
        StringBuilder text = new StringBuilder(2 * error.message().length() + 800);
        text.append("event: error\ndata: {\"type\":\"error\",\"sequence_number\":")
                .append(number);
        text.append(",\"error\":{\"type\":");
        JsonText.quote(text, error.type());
        text.append(",\"code\":");
        JsonText.quote(text, error.code());
        text.append(",\"message\":");
        JsonText.quote(text, error.message());
        text.append(",\"param\":");
        if (error.param() == null) {
            text.append("null");
        } else {
            JsonText.quote(text, error.param());
        }
        text.append("}}\n\nevent: response.failed\ndata: {\"type\":\"response.failed\",\"sequence_number\":");
        text.append(number + 1).append(",\"response\":");
        failed(text, error);
        return text.append("}\n\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The response given up, with every field OpenAI's schema requires. */
    private void failed(StringBuilder text, ErrorText error) {
        ResponseObject seen = begun;
        text.append("{\"id\":");
        JsonText.quote(text, seen == null || seen.id() == null ? "resp_" + error.requestId() : seen.id());
        text.append(",\"object\":\"response\",\"created_at\":");
        text.append(seen == null ? 0 : Math.max(0, seen.createdAt()));
        text.append(",\"status\":\"failed\",\"error\":{\"code\":");
        JsonText.quote(text, error.code());
        text.append(",\"message\":");
        JsonText.quote(text, error.message());
        text.append("},\"incomplete_details\":null,\"instructions\":null,\"metadata\":{},\"model\":");
        JsonText.quote(text, seen == null || seen.model() == null ? "" : seen.model());
        text.append(",\"output\":[],\"parallel_tool_calls\":true,\"temperature\":null,\"tool_choice\":\"auto\"")
                .append(",\"tools\":[],\"top_p\":null}");
    }

    @Override
    public byte[] heartbeat() {
        return HEARTBEAT;
    }
}
