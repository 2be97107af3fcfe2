package dev.tidemill.wire.openai;

import dev.tidemill.wire.dialect.Asked;
import dev.tidemill.wire.dialect.Asked.Span;
import dev.tidemill.wire.dialect.Asked.State;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.dialect.RequestFields;
import dev.tidemill.wire.dialect.RequestReader;
import dev.tidemill.wire.json.Edits;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonWalk;
import dev.tidemill.wire.json.PlainText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a relay has to know of a Responses request: read in one validating scan, the rest of the body is left as it came. Used over and over
 * by one thread.
 *
 * <p>A field that is null counts as absent. A field that is read may stand there only once, since two readers could take different ones.
 */
public final class ResponsesRequest implements RequestReader {
    private static final int MODEL = 0;
    private static final int STREAM = 1;
    private static final int MAX_OUTPUT = 2;
    private static final int PREVIOUS = 3;
    private static final int BACKGROUND = 4;
    private static final int STORE = 5;
    private static final int CONVERSATION = 6;
    private static final int PROMPT = 7;
    private static final int INSTRUCTIONS = 8;
    private static final int INPUT = 9;
    private static final int TOOLS = 10;
    private static final int CACHE_KEY = 11;
    private static final FieldTable FIELDS = FieldTable.of(
            "model",
            "stream",
            "max_output_tokens",
            "previous_response_id",
            "background",
            "store",
            "conversation",
            "prompt",
            "instructions",
            "input",
            "tools",
            "prompt_cache_key");

    private static final int ITEM_ID = 0;
    private static final int ITEM_TYPE = 1;
    private static final int ITEM_ROLE = 2;
    private static final int ITEM_CONTENT = 3;
    private static final FieldTable ITEM_FIELDS = FieldTable.of("id", "type", "role", "content");

    private static final byte[] NOTHING = {};
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STREAM_FIELD = "\"stream\":true".getBytes(StandardCharsets.US_ASCII);

    private final RequestFields fields = new RequestFields(FIELDS);
    private final RequestFields item = RequestFields.inside("input[]", ITEM_FIELDS);

    @Override
    public Asked read(byte[] a, int from, int to) throws RequestException {
        fields.scan(a, from, to);
        String model = fields.name(MODEL);
        boolean instructed = !fields.kind(INSTRUCTIONS).isNullish();
        return new Asked(
                model,
                fields.from(MODEL) - from,
                fields.to(MODEL) - from,
                List.of(),
                fields.flag(STREAM),
                1,
                fields.count(MAX_OUTPUT, 1, RequestFields.MAX_OUTPUT_TOKENS, -1),
                null,
                fields.span(instructed ? INSTRUCTIONS : INPUT),
                instructed ? fields.span(INPUT) : Span.NONE,
                fields.span(CACHE_KEY),
                fields.span(TOOLS),
                state(a, from, to));
    }

    private @Nullable State state(byte[] a, int from, int to) throws RequestException {
        String previous = fields.kind(PREVIOUS).isNullish() ? null : fields.name(PREVIOUS);
        String foreign = fields.plain() ? foreign(a) : new ResponsesRequest().foreignIn(PlainText.of(a, from, to));
        boolean background = fields.flag(BACKGROUND);
        boolean stored = fields.kind(STORE).isNullish() || fields.flag(STORE);
        if (previous == null && foreign == null && !background && !stored) {
            return null;
        }
        return new State(previous, foreign, background, background ? streamed(a, from) : null, stored);
    }

    private @Nullable String foreignIn(byte[] plain) throws RequestException {
        fields.scan(plain, 0, plain.length);
        return foreign(plain);
    }

    private @Nullable String foreign(byte[] a) throws RequestException {
        if (!fields.kind(CONVERSATION).isNullish()) {
            return "conversation";
        }
        if (fields.kind(PROMPT) == JsonKind.OBJECT) {
            return "prompt.id";
        }
        String found = foreign(a, INPUT);
        if (found == null && refers(a)) {
            return "item_reference";
        }
        found = found == null ? foreign(a, TOOLS) : found;
        boolean tools = fields.kind(TOOLS) == JsonKind.ARRAY;
        return found == null && tools && ForeignId.inContainer(a, fields.from(TOOLS), fields.to(TOOLS))
                ? "container"
                : found;
    }

    private @Nullable String foreign(byte[] a, int field) {
        return fields.kind(field) == JsonKind.ARRAY ? ForeignId.find(a, fields.from(field), fields.to(field)) : null;
    }

    /** Whether an item of the input is no more than an id. That it is a reference need not be said. */
    private boolean refers(byte[] a) throws RequestException {
        if (fields.kind(INPUT) != JsonKind.ARRAY || !ForeignId.hasId(a, fields.from(INPUT), fields.to(INPUT))) {
            return false;
        }
        int to = fields.to(INPUT);
        for (int at = JsonWalk.firstIn(a, fields.from(INPUT), to); at >= 0; ) {
            int end = JsonWalk.valueEnd(a, at, to);
            if (a[at] == '{') {
                item.scanElement(fields, at, end);
                boolean message = !item.kind(ITEM_ROLE).isNullish()
                        && !item.kind(ITEM_CONTENT).isNullish();
                if (item.kind(ITEM_ID) == JsonKind.STRING
                        && item.kind(ITEM_TYPE).isNullish()
                        && !message) {
                    return true;
                }
            }
            at = JsonWalk.next(a, end, to);
        }
        return false;
    }

    /** The edits that ask for a stream in place of the background. */
    private Edits streamed(byte[] a, int from) throws RequestException {
        Edits edits = new Edits();
        if (fields.kind(STREAM) == JsonKind.ABSENT) {
            int start = nameOf(a, BACKGROUND);
            edits.replace(start - from, fields.to(BACKGROUND) - start, STREAM_FIELD);
            return edits;
        }
        without(a, from, BACKGROUND, edits);
        if (!fields.flag(STREAM)) {
            edits.replace(fields.from(STREAM) - from, fields.to(STREAM) - fields.from(STREAM), TRUE);
        }
        return edits;
    }

    /** Where the opening quote of a field's name is. */
    private int nameOf(byte[] a, int field) {
        int start = fields.from(field);
        while (a[start - 1] != ':') {
            start--;
        }
        start -= 2;
        while (a[start] != '"') { // the closing quote of the name
            start--;
        }
        start--;
        while (a[start] != '"') { // the opening one: there is no quote in this name, however it is escaped
            start--;
        }
        return start;
    }

    /** Adds the edit that takes a field out of the body, with the one comma that would be too many. */
    private void without(byte[] a, int from, int field, Edits edits) {
        int start = nameOf(a, field);
        int end = fields.to(field);
        int behind = end;
        while (a[behind] <= ' ') {
            behind++;
        }
        if (a[behind] == ',') {
            end = behind + 1;
        } else {
            int before = start - 1;
            while (a[before] <= ' ') {
                before--;
            }
            start = a[before] == ',' ? before : start;
        }
        edits.replace(start - from, end - start, NOTHING);
    }
}
