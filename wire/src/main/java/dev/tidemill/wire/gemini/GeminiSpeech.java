package dev.tidemill.wire.gemini;

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
 * The words of Gemini's chunks, as events: of one candidate, those of all parts that are thoughts, and those of all that
 * are not. Firm are a second candidate, a finish, a blocked prompt, signatures, log probabilities, and parts that are no text.
 */
final class GeminiSpeech implements Speech {
    static final GeminiSpeech INSTANCE = new GeminiSpeech();

    private static final int CANDIDATES = 0;
    private static final int FEEDBACK = 1;
    private static final FieldTable TOP = FieldTable.of("candidates", "promptFeedback");

    private static final int INDEX = 0;
    private static final int CONTENT = 1;
    private static final int FINISH_REASON = 2;
    private static final int LOGPROBS = 3;
    private static final FieldTable CANDIDATE = FieldTable.of("index", "content", "finishReason", "logprobsResult");
    /** The zero of the enumeration: some chunks have it where none is meant. */
    private static final String UNSPECIFIED = "FINISH_REASON_UNSPECIFIED";

    private static final int WORDS = 0;
    private static final int THOUGHT = 1;
    private static final FieldTable PART = FieldTable.of("text", "thought");

    private static final byte[] PARTS = ascii("parts");
    private static final byte[] BLOCK_REASON = ascii("blockReason");

    private GeminiSpeech() {}

    @Override
    public Said read(byte[] a, int from, int to) {
        int start = JsonWalk.space(a, from, to);
        JsonFields event = new JsonFields(a, start, JsonWalk.trimEnd(a, start, to));
        List<Text> texts = new ArrayList<>(1);
        boolean firm = false;
        while (event.next()) {
            firm |= switch (event.in(TOP)) {
                case CANDIDATES -> event.filled() && candidates(a, event.from(), event.to(), texts);
                case FEEDBACK -> event.filled() && JsonWalk.member(a, event.from(), event.to(), BLOCK_REASON) >= 0;
                default -> false;
            };
        }
        if (event.broken()) {
            return Said.FIRM;
        }
        return texts.isEmpty() ? firm ? Said.FIRM : Said.NOTHING : Said.words(texts, firm);
    }

    private static boolean candidates(byte[] a, int from, int to, List<Text> texts) {
        int first = JsonWalk.firstIn(a, from, to);
        int end = JsonWalk.valueEnd(a, first, to);
        if (end < 0 || a[first] != '{' || JsonWalk.next(a, end, to) >= 0) {
            return true;
        }
        boolean firm = false;
        JsonFields candidate = new JsonFields(a, first, end);
        while (candidate.next()) {
            firm |= switch (candidate.in(CANDIDATE)) {
                case INDEX -> JsonText.wholeNumber(a, candidate.from(), candidate.to(), 0) != 0;
                case CONTENT -> candidate.filled() && content(a, candidate.from(), candidate.to(), texts);
                case FINISH_REASON -> candidate.filled() && !candidate.holds(UNSPECIFIED);
                case LOGPROBS -> candidate.filled();
                default -> false;
            };
        }
        return firm || candidate.broken();
    }

    private static boolean content(byte[] a, int from, int to, List<Text> texts) {
        int parts = JsonWalk.member(a, from, to, PARTS);
        int part = parts < 0 || a[parts] != '[' ? -1 : JsonWalk.firstIn(a, parts, to);
        boolean firm = false;
        while (part >= 0) {
            int end = JsonWalk.valueEnd(a, part, to);
            if (end < 0) {
                return true;
            }
            firm |= part(a, part, end, texts);
            part = JsonWalk.next(a, end, to);
        }
        return firm;
    }

    private static boolean part(byte[] a, int from, int to, List<Text> texts) {
        boolean firm = false;
        boolean thought = false;
        int text = -1;
        int textEnd = -1;
        JsonFields part = new JsonFields(a, from, to);
        while (part.next()) {
            switch (part.in(PART)) {
                case WORDS -> {
                    text = part.filled() && part.kind() == JsonKind.STRING ? part.from() : -1;
                    textEnd = part.to();
                }
                case THOUGHT -> thought = JsonText.isTrue(a, part.from(), part.to());
                default -> firm |= part.filled() || part.kind() == JsonKind.OBJECT; // an empty call ends one
            }
        }
        if (text >= 0) {
            texts.add(new Text(thought ? 1 : 0, thought ? Voice.THOUGHT : Voice.TEXT, text, textEnd));
        }
        return firm || part.broken();
    }

    @Override
    public boolean framed() {
        return false;
    }

    @Override
    public @Nullable Edits goOn(byte[] body, int from, int to, String words) {
        StringBuilder turn = new StringBuilder("{\"role\":\"model\",\"parts\":[{\"text\":");
        JsonText.quote(turn, words);
        byte[] json = turn.append("}]}").toString().getBytes(StandardCharsets.UTF_8);
        return Turns.append(body, from, to, "contents", "model", json);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
