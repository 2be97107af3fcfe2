package dev.tidemill.wire.openai;

import dev.tidemill.wire.json.Edits;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonFields;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import dev.tidemill.wire.splice.Said;
import dev.tidemill.wire.splice.Said.Text;
import dev.tidemill.wire.splice.Speech;
import dev.tidemill.wire.splice.Turns;
import dev.tidemill.wire.splice.Voice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words of Chat Completions and of the older Completions: of one choice, each field that has some is a block. Firm are
 * a second choice, a finish, tool calls, and whatever else a delta has that is no string: audio, images, typed parts,
 * annotations, and log probabilities, which belong to the tokens of their event.
 */
final class ChatSpeech implements Speech {
    static final ChatSpeech INSTANCE = new ChatSpeech();

    private static final byte[] CHOICES = ascii("choices");

    private static final int INDEX = 0;
    private static final int DELTA = 1;
    private static final int MESSAGE = 2;
    private static final int TEXT = 3;
    private static final int FINISH_REASON = 4;
    private static final int LOGPROBS = 5;
    private static final FieldTable CHOICE =
            FieldTable.of("index", "delta", "message", "text", "finish_reason", "logprobs");

    /** Their numbers are the blocks. */
    private static final FieldTable WORDS = FieldTable.of("content", "reasoning_content", "reasoning", "refusal");

    private static final Voice[] VOICES = {Voice.TEXT, Voice.THOUGHT, Voice.THOUGHT, Voice.REFUSAL};

    private ChatSpeech() {}

    @Override
    public Said read(byte[] a, int from, int to) {
        int start = JsonWalk.space(a, from, to);
        JsonFields event = new JsonFields(a, start, JsonWalk.trimEnd(a, start, to));
        Said said = Said.NOTHING;
        while (event.next()) {
            if (event.is(CHOICES) && event.filled()) {
                said = event.kind() == JsonKind.ARRAY ? choices(a, event.from(), event.to()) : Said.FIRM;
            }
        }
        return event.broken() ? Said.FIRM : said;
    }

    private static Said choices(byte[] a, int from, int to) {
        int first = JsonWalk.firstIn(a, from, to);
        int end = JsonWalk.valueEnd(a, first, to);
        if (end < 0 || a[first] != '{' || JsonWalk.next(a, end, to) >= 0) {
            return Said.FIRM;
        }
        List<Text> texts = new ArrayList<>(1);
        boolean firm = false;
        JsonFields choice = new JsonFields(a, first, end);
        while (choice.next()) {
            firm |= switch (choice.in(CHOICE)) {
                case INDEX -> JsonText.wholeNumber(a, choice.from(), choice.to(), 0) != 0;
                case DELTA, MESSAGE -> choice.filled() && delta(a, choice.from(), choice.to(), texts);
                case TEXT -> choice.filled() && words(choice, 0, texts);
                case FINISH_REASON -> choice.filled();
                case LOGPROBS -> choice.filled() && anyFilled(a, choice.from(), choice.to());
                default -> false;
            };
        }
        if (choice.broken()) {
            return Said.FIRM;
        }
        return texts.isEmpty() ? firm ? Said.FIRM : Said.NOTHING : Said.words(texts, firm);
    }

    /** Collects the words of a delta; answers whether it has something else, too. */
    private static boolean delta(byte[] a, int from, int to, List<Text> texts) {
        boolean firm = false;
        JsonFields delta = new JsonFields(a, from, to);
        while (delta.next()) {
            if (delta.filled()) {
                int block = delta.in(WORDS);
                firm |= block >= 0 ? words(delta, block, texts) : delta.kind() != JsonKind.STRING;
            }
        }
        return firm || delta.broken();
    }

    private static boolean words(JsonFields field, int block, List<Text> texts) {
        if (field.kind() != JsonKind.STRING) {
            return true;
        }
        texts.add(new Text(block, VOICES[block], field.from(), field.to()));
        return false;
    }

    private static boolean anyFilled(byte[] a, int from, int to) {
        JsonFields fields = new JsonFields(a, from, to);
        boolean filled = false;
        while (fields.next()) {
            filled |= fields.filled();
        }
        return filled || fields.broken();
    }

    @Override
    public boolean framed() {
        return false;
    }

    @Override
    public @Nullable Edits goOn(byte[] body, int from, int to, String words) {
        StringBuilder turn = new StringBuilder("{\"role\":\"assistant\",\"content\":");
        JsonText.quote(turn, words);
        byte[] json = turn.append('}').toString().getBytes(StandardCharsets.UTF_8);
        return Turns.append(body, from, to, "messages", "assistant", json);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
