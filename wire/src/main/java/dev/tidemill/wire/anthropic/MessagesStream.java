package dev.tidemill.wire.anthropic;

import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.dialect.TextFields;
import dev.tidemill.wire.json.JsonSyntax;
import dev.tidemill.wire.json.JsonWalk;
import org.jspecify.annotations.Nullable;

/**
 * A Messages stream: whole after {@code message_stop}, and only then. Once content was seen, of a delta no more than its
 * type is read, unless a silence is open that visible text would end.
 */
final class MessagesStream implements AnswerStream {
    private static final byte[] PING = MessagesEvents.ascii("event: ping\ndata: {\"type\": \"ping\"}\n\n");
    private static final byte[] NOTHING = {};
    private static final TextFields TEXTS = TextFields.of("text", "thinking", "partial_json");
    private static final int MEANINGS = 255;

    private final MessagesUsage usage = new MessagesUsage();
    private boolean content;
    private boolean silent;
    private boolean stopped;

    @Override
    public int look(EventReader event) {
        byte[] a = event.data();
        int from = JsonWalk.space(a, event.dataFrom(), event.dataTo());
        int to = JsonWalk.trimEnd(a, from, event.dataTo());
        if (!JsonSyntax.isObject(a, from, to)) {
            return Meaning.BAD;
        }
        int flags = meaning(a, from, to);
        if ((flags & (Meaning.CONTENT | MessagesEvents.VISIBLE | MessagesEvents.SILENT)) != 0) {
            content |= (flags & Meaning.CONTENT) != 0;
            silent = (flags & MessagesEvents.SILENT) != 0 || (silent && (flags & MessagesEvents.VISIBLE) == 0);
        }
        return flags & MEANINGS;
    }

    private int meaning(byte[] a, int from, int to) {
        return switch (MessagesEvents.kind(a, from, to)) {
            case MessagesEvents.BLOCK_DELTA -> content && !silent ? 0 : MessagesEvents.delta(a, from, to);
            case MessagesEvents.BLOCK_START -> MessagesEvents.blockStart(a, from, to);
            case MessagesEvents.MESSAGE_START -> start(a, from, to);
            case MessagesEvents.MESSAGE_DELTA ->
                (MessagesEvents.finishes(a, from, to) ? Meaning.FINISH : 0) | cost(a, from, to);
            case MessagesEvents.MESSAGE_STOP -> {
                stopped = true;
                yield Meaning.LAST;
            }
            case MessagesEvents.PING -> Meaning.PING;
            case MessagesEvents.ERROR -> Meaning.ERROR;
            case MessagesEvents.BROKEN -> Meaning.BAD;
            default -> 0;
        };
    }

    /** A second start in one stream comes from a layer that tried again: its counts are those of the answer that goes on. */
    private int start(byte[] a, int from, int to) {
        usage.restart();
        int message = JsonWalk.member(a, from, to, MessagesEvents.MESSAGE);
        return message < 0 ? 0 : cost(a, message, to);
    }

    private int cost(byte[] a, int from, int to) {
        return usage.take(a, from, to) && usage.usage() != null ? Meaning.USAGE : 0;
    }

    @Override
    public boolean whole() {
        return stopped;
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
        return usage.usage();
    }

    /** Nothing: whether an answer is whole, only the provider can say. */
    @Override
    public byte[] terminator() {
        return NOTHING;
    }

    @Override
    public byte[] error(ErrorText error) {
        return AnthropicError.event(error);
    }

    @Override
    public byte[] heartbeat() {
        return PING;
    }
}
