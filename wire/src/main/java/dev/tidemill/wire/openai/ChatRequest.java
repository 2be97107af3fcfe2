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
import dev.tidemill.wire.json.PlainText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a relay has to know of a Chat Completions request: read in one validating scan, the rest of the body is left as it came. Also reads
 * the other endpoints that name a {@code model}. Used over and over by one thread; allocates only when the model is another than before.
 *
 * <p>A field that is null counts as absent. A field that is read may stand there only once, since two readers could take different ones.
 */
public final class ChatRequest implements RequestReader {
    private static final int MODEL = 0;
    private static final int STREAM = 1;
    private static final int STREAM_OPTIONS = 2;
    private static final int MAX_TOKENS = 3;
    private static final int MAX_COMPLETION_TOKENS = 4;
    private static final int N = 5;
    private static final int MESSAGES = 6;
    private static final int PROMPT = 7;
    private static final int INPUT = 8;
    private static final int TOOLS = 9;
    private static final int CACHE_KEY = 10;
    private static final FieldTable FIELDS = FieldTable.of(
            "model",
            "stream",
            "stream_options",
            "max_tokens",
            "max_completion_tokens",
            "n",
            "messages",
            "prompt",
            "input",
            "tools",
            "prompt_cache_key");

    private static final int INCLUDE_USAGE = 0;
    private static final FieldTable OPTIONS = FieldTable.of("include_usage");

    private static final byte[] TRUE = ascii("true");
    private static final byte[] WHOLE_OPTIONS = ascii("{\"include_usage\":true}");
    private static final byte[] OPTIONS_FIELD = ascii("\"stream_options\":{\"include_usage\":true},");
    private static final byte[] USAGE_FIELD = ascii("\"include_usage\":true,");
    private static final byte[] ONLY_USAGE_FIELD = ascii("\"include_usage\":true");

    private final RequestFields fields = new RequestFields(FIELDS);
    private final RequestFields options = RequestFields.inside("stream_options", OPTIONS);

    private int from;
    private byte[] body = {};
    private String model = "";
    private boolean stream;
    private boolean usageAsked;
    private int maxTokens;
    private int maxCompletionTokens;
    private int n;

    @Override
    public Asked read(byte[] a, int from, int to) throws RequestException {
        scan(a, from, to);
        Edits usage = null;
        if (stream() && !usageAsked()) {
            usage = new Edits();
            askUsage(usage);
        }
        int prompt = !fields.kind(MESSAGES).isNullish()
                ? MESSAGES
                : !fields.kind(PROMPT).isNullish() ? PROMPT : INPUT;
        return new Asked(
                model,
                modelFrom() - from,
                modelTo() - from,
                List.of(),
                stream(),
                n,
                maxOutput(),
                usage,
                fields.span(prompt),
                Span.NONE,
                fields.span(CACHE_KEY),
                fields.span(TOOLS),
                state(a, to));
    }

    /** A file in a message is known to the provider alone that holds it, and so are its caches and earlier sounds. */
    private @Nullable State state(byte[] a, int to) throws RequestException {
        if (!fields.plain()) {
            byte[] plain = PlainText.of(a, from, to);
            return new ChatRequest().read(plain, 0, plain.length).state();
        }
        if (fields.kind(MESSAGES) != JsonKind.ARRAY) {
            return null;
        }
        String foreign = ForeignId.inMessages(a, fields.from(MESSAGES), fields.to(MESSAGES));
        return foreign == null ? null : new State(null, foreign, false, null, false);
    }

    /** Reads {@code a[from, to)}. After an exception the accessors are of no use. */
    public void scan(byte[] a, int from, int to) throws RequestException {
        this.from = from;
        this.body = a;
        fields.scan(a, from, to);
        model = fields.name(MODEL);
        stream = fields.flag(STREAM);
        options.scanIn(fields, STREAM_OPTIONS);
        usageAsked = options.flag(INCLUDE_USAGE);
        maxTokens = fields.count(MAX_TOKENS, 1, RequestFields.MAX_OUTPUT_TOKENS, -1);
        maxCompletionTokens = fields.count(MAX_COMPLETION_TOKENS, 1, RequestFields.MAX_OUTPUT_TOKENS, -1);
        n = fields.count(N, 1, RequestFields.MAX_CHOICES, 1);
    }

    /** The model asked for, unescaped; 1 to {@value RequestFields#MAX_NAME_BYTES} bytes as written. */
    public String model() {
        return model;
    }

    /** Where the model's value starts in the scanned array: its opening quote. */
    public int modelFrom() {
        return fields.from(MODEL);
    }

    /** Behind the closing quote of the model's value. */
    public int modelTo() {
        return fields.to(MODEL);
    }

    /** Whether the answer is to be streamed. */
    public boolean stream() {
        return stream;
    }

    /** Whether the client itself asked for usage at the end of the stream. */
    public boolean usageAsked() {
        return usageAsked;
    }

    /** {@code max_tokens}, 1 to {@value RequestFields#MAX_OUTPUT_TOKENS}; -1 when absent. */
    public int maxTokens() {
        return maxTokens;
    }

    /** {@code max_completion_tokens}, 1 to {@value RequestFields#MAX_OUTPUT_TOKENS}; -1 when absent. */
    public int maxCompletionTokens() {
        return maxCompletionTokens;
    }

    /** The limit on output tokens for each choice: the newer field before the older; -1 when neither is there. */
    public int maxOutput() {
        return maxCompletionTokens >= 0 ? maxCompletionTokens : maxTokens;
    }

    /** How many choices are asked for, 1 to {@value RequestFields#MAX_CHOICES}; 1 when absent. */
    public int n() {
        return n;
    }

    /** Adds the edit that names another model; {@code jsonString} is a JSON string with its quotes. */
    public void replaceModel(Edits edits, byte[] jsonString) {
        edits.replace(modelFrom() - from, modelTo() - modelFrom(), jsonString);
    }

    /** Adds the edit, if one is needed, that asks for usage at the end of the stream. Other stream options stay as they are. */
    public void askUsage(Edits edits) {
        switch (fields.kind(STREAM_OPTIONS)) {
            case ABSENT -> edits.insert(fields.rootFrom() + 1 - from, OPTIONS_FIELD);
            case OBJECT -> {
                switch (options.kind(INCLUDE_USAGE)) {
                    case TRUE -> {}
                    case ABSENT -> {
                        int inside = fields.from(STREAM_OPTIONS) + 1;
                        edits.insert(inside - from, empty(inside) ? ONLY_USAGE_FIELD : USAGE_FIELD);
                    }
                    default -> {
                        int at = options.from(INCLUDE_USAGE);
                        edits.replace(at - from, options.to(INCLUDE_USAGE) - at, TRUE);
                    }
                }
            }
            default -> {
                int at = fields.from(STREAM_OPTIONS);
                edits.replace(at - from, fields.to(STREAM_OPTIONS) - at, WHOLE_OPTIONS);
            }
        }
    }

    private boolean empty(int inside) {
        int i = inside;
        while (body[i] <= ' ') {
            i++;
        }
        return body[i] == '}';
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
