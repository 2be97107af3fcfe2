package dev.tidemill.wire.openai;

import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.AnswerStream;
import dev.tidemill.wire.dialect.ErrorText;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.dialect.Meaning;
import dev.tidemill.wire.dialect.TextFields;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** A Chat Completions stream: whole after a finish reason for each choice, or {@code [DONE]}. */
final class ChatStream implements AnswerStream {
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEARTBEAT = ": hb\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};
    private static final TextFields TEXTS =
            TextFields.of("content", "reasoning_content", "reasoning", "refusal", "text", "arguments");
    private final int choices;
    private boolean content;
    private boolean silent;
    private boolean finished;
    /** The indices of the choices that are at their end; used only where there are several. */
    private final BitSet finishes = new BitSet();

    private boolean done;
    private @Nullable Usage usage;

    ChatStream(int choices) {
        this.choices = choices;
    }

    @Override
    public int look(EventReader event) {
        byte[] a = event.data();
        int from = event.dataFrom();
        int to = event.dataTo();
        int flags = ChatEvents.look(a, from, to, content);
        if ((flags & Meaning.USAGE) != 0) {
            usage = OpenAiUsage.read(a, from, to);
        }
        content |= (flags & Meaning.CONTENT) != 0;
        if ((flags & Meaning.FINISH) != 0) {
            finished = choices == 1 || allFinished(a, from, to);
        }
        done |= (flags & Meaning.LAST) != 0;
        if (((flags & ChatEvents.SILENT) != 0) != silent) {
            silent = ChatEvents.silent(a, from, to, silent);
        }
        return flags & ~ChatEvents.SILENT;
    }

    @Override
    public boolean whole() {
        return done || finished;
    }

    /** Some servers finish a choice twice, and some finish several in one event, so the indices count. */
    private boolean allFinished(byte[] a, int from, int to) {
        ChatEvents.finished(a, from, to, finishes);
        return finishes.cardinality() >= choices;
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
    public byte[] terminator() {
        return done ? NOTHING : DONE;
    }

    @Override
    public byte[] error(ErrorText error) {
        return OpenAiError.event(error.message(), error.type(), error.param(), error.code());
    }

    @Override
    public byte[] heartbeat() {
        return HEARTBEAT;
    }
}
