package dev.tidemill.wire.anthropic;

import dev.tidemill.wire.json.Edits;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonFields;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import dev.tidemill.wire.splice.Said;
import dev.tidemill.wire.splice.Said.Frame;
import dev.tidemill.wire.splice.Said.Text;
import dev.tidemill.wire.splice.Speech;
import dev.tidemill.wire.splice.Turns;
import dev.tidemill.wire.splice.Voice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words of Messages: of content blocks with text or thinking, by their index. Firm are all other blocks, deltas that
 * are not words, such as signatures and citations, the {@code message_delta} and the stop, and events of unknown kinds.
 */
final class MessagesSpeech implements Speech {
    static final MessagesSpeech INSTANCE = new MessagesSpeech();

    private static final byte[] TYPE = MessagesEvents.ascii("type");
    private static final FieldTable FIELDS = FieldTable.of("index", "delta", "content_block");
    private static final FieldTable WORDS = FieldTable.of("text", "thinking");
    private static final Voice[] VOICES = {Voice.TEXT, Voice.THOUGHT};

    private MessagesSpeech() {}

    @Override
    public Said read(byte[] a, int from, int to) {
        int start = JsonWalk.space(a, from, to);
        int end = JsonWalk.trimEnd(a, start, to);
        if (start == end || a[start] != '{') {
            return Said.FIRM;
        }
        int kind = MessagesEvents.kind(a, start, end);
        return switch (kind) {
            case MessagesEvents.MESSAGE_START, MessagesEvents.PING -> Said.NOTHING;
            case MessagesEvents.BLOCK_START, MessagesEvents.BLOCK_DELTA, MessagesEvents.BLOCK_STOP ->
                block(a, start, end, kind);
            default -> Said.FIRM;
        };
    }

    private static Said block(byte[] a, int from, int to, int kind) {
        JsonFields event = new JsonFields(a, from, to);
        int block = -1;
        int indexFrom = -1;
        int indexTo = -1;
        int inner = -1;
        int innerTo = -1;
        while (event.next()) {
            int field = event.in(FIELDS);
            if (field == 0) {
                block = JsonText.wholeNumber(a, event.from(), event.to(), -1);
                indexFrom = event.from();
                indexTo = event.to();
            } else if (field > 0) {
                inner = event.from();
                innerTo = event.to();
            }
        }
        if (event.broken() || block < 0 || block > Integer.MAX_VALUE / 2) {
            return Said.FIRM;
        }
        Frame frame = kind == MessagesEvents.BLOCK_STOP
                ? Frame.STOP
                : kind == MessagesEvents.BLOCK_START ? Frame.START : Frame.NONE;
        Said firm = new Said(List.of(), Frame.NONE, block, Voice.TEXT, true, indexFrom, indexTo);
        if (frame == Frame.STOP) {
            return new Said(List.of(), frame, block, Voice.TEXT, false, indexFrom, indexTo);
        }
        return inner < 0 ? firm : inner(a, inner, innerTo, frame, firm);
    }

    /** Of a delta, or of the block that begins, which has no words as yet. */
    private static Said inner(byte[] a, int from, int to, Frame frame, Said firm) {
        JsonFields fields = new JsonFields(a, from, to);
        String suffix = frame == Frame.START ? "" : "_delta";
        int words = -1;
        int type = -1;
        int start = -1;
        int end = -1;
        boolean more = false;
        while (fields.next()) {
            if (fields.is(TYPE)) {
                type = fields.holds("text" + suffix) ? 0 : fields.holds("thinking" + suffix) ? 1 : -1;
            } else if (fields.in(WORDS) >= 0 && a[fields.from()] == '"') {
                words = fields.in(WORDS);
                start = fields.from();
                end = fields.to();
            } else {
                more |= fields.filled();
            }
        }
        boolean empty = end - start <= 2;
        if (fields.broken() || more || type < 0 || (words >= 0 && words != type) || (frame == Frame.START && !empty)) {
            return firm;
        }
        Voice voice = VOICES[type];
        List<Text> texts = empty ? List.of() : List.of(new Text(firm.block(), voice, start, end));
        return new Said(texts, frame, firm.block(), voice, false, firm.indexFrom(), firm.indexTo());
    }

    @Override
    public boolean framed() {
        return true;
    }

    /** White space at the end of the last message is refused with 400: "final assistant content cannot end with trailing whitespace". */
    @Override
    public @Nullable Edits goOn(byte[] body, int from, int to, String words) {
        char last = words.charAt(words.length() - 1);
        if (Character.isWhitespace(last) || Character.isSpaceChar(last)) {
            return null;
        }
        StringBuilder turn = new StringBuilder("{\"role\":\"assistant\",\"content\":");
        JsonText.quote(turn, words);
        byte[] json = turn.append('}').toString().getBytes(StandardCharsets.UTF_8);
        return Turns.append(body, from, to, "messages", "assistant", json);
    }
}
