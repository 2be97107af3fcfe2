package dev.tidemill.wire.gemini;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.dialect.Asked;
import dev.tidemill.wire.dialect.Asked.Span;
import dev.tidemill.wire.dialect.Asked.State;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.dialect.RequestFields;
import dev.tidemill.wire.dialect.RequestReader;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.json.JsonWalk;
import dev.tidemill.wire.json.PlainText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a relay has to know of a request to {@code generateContent}, {@code countTokens}, {@code embedContent} or
 * {@code batchEmbedContents}. The path names the model and says whether to stream; where the body names one too it has to be
 * the same. Google reads each name in both spellings, {@code camelCase} and {@code snake_case}; only one of them may be there.
 */
final class GeminiRequest implements RequestReader {
    private static final int CONTENTS = 0;
    private static final int CONTENT = 1;
    private static final int TOOLS = 2;
    private static final int SYSTEM = 3;
    private static final int SYSTEM_SNAKE = 4;
    private static final int CONFIG = 5;
    private static final int CONFIG_SNAKE = 6;
    private static final int CACHED = 7;
    private static final int CACHED_SNAKE = 8;
    private static final int MODEL = 9;
    private static final int REQUESTS = 10;
    private static final int GENERATE = 11;
    private static final int GENERATE_SNAKE = 12;
    private static final FieldTable FIELDS = FieldTable.of(
            "contents",
            "content",
            "tools",
            "systemInstruction",
            "system_instruction",
            "generationConfig",
            "generation_config",
            "cachedContent",
            "cached_content",
            "model",
            "requests",
            "generateContentRequest",
            "generate_content_request");

    private static final int INNER_MODEL = 0;
    private static final int INNER_CACHED = 1;
    private static final int INNER_CACHED_SNAKE = 2;
    private static final int INNER_TOOLS = 3;
    private static final FieldTable INNER_FIELDS = FieldTable.of("model", "cachedContent", "cached_content", "tools");

    private static final String MODELS = "models/";
    /** The most contents to embed at once. */
    static final int MAX_REQUESTS = 10_000;

    private static final int MAX_OUTPUT = 0;
    private static final int MAX_OUTPUT_SNAKE = 1;
    private static final int CANDIDATES = 2;
    private static final int CANDIDATES_SNAKE = 3;
    private static final FieldTable CONFIG_FIELDS =
            FieldTable.of("maxOutputTokens", "max_output_tokens", "candidateCount", "candidate_count");

    private static final byte[] FILE_URI = ascii("fileUri");
    private static final byte[] FILE_URI_SNAKE = ascii("file_uri");
    private static final byte[] STORES = ascii("fileSearchStoreNames");
    private static final byte[] STORES_SNAKE = ascii("file_search_store_names");
    private static final String HOST = "generativelanguage";
    private static final String BARE_NAME = "files/";

    private static final State OWN_CACHE = new State(null, "cachedContent", false, null, false);
    private static final State OWN_FILE = new State(null, "fileData.fileUri", false, null, false);
    private static final State OWN_STORE = new State(null, "fileSearchStoreNames", false, null, false);

    private final RequestFields fields = new RequestFields(FIELDS);
    private final RequestFields config = RequestFields.inside("generationConfig", CONFIG_FIELDS);
    /** The request of which tokens are to be counted. */
    private final RequestFields counted = RequestFields.inside("generateContentRequest", INNER_FIELDS);

    private final RequestFields element = RequestFields.inside("requests[]", INNER_FIELDS);
    private String model = "";
    private List<Span> names = List.of();

    @Override
    public Asked read(byte[] a, int from, int to) throws RequestException {
        fields.scan(a, from, to);
        config.scanIn(fields, fields.either(CONFIG, CONFIG_SNAKE));
        int system = fields.either(SYSTEM, SYSTEM_SNAKE);
        int contents = fields.kind(CONTENTS).isNullish() ? CONTENT : CONTENTS;
        contents = fields.kind(contents).isNullish() ? REQUESTS : contents;
        boolean instructed = !fields.kind(system).isNullish();
        counted.scanIn(fields, fields.either(GENERATE, GENERATE_SNAKE));
        readNames(a);
        return new Asked(
                model,
                -1,
                -1,
                names,
                false,
                config.count(config.either(CANDIDATES, CANDIDATES_SNAKE), 1, RequestFields.MAX_CHOICES, 1),
                config.count(config.either(MAX_OUTPUT, MAX_OUTPUT_SNAKE), 1, RequestFields.MAX_OUTPUT_TOKENS, -1),
                null,
                fields.span(instructed ? system : contents),
                instructed ? fields.span(contents) : Span.NONE,
                Span.NONE,
                fields.span(TOOLS),
                state(a, from, to));
    }

    private void readNames(byte[] a) throws RequestException {
        model = "";
        names = List.of();
        name(fields, MODEL);
        name(counted, INNER_MODEL);
        if (fields.kind(REQUESTS) != JsonKind.ARRAY) {
            return;
        }
        int to = fields.to(REQUESTS);
        for (int at = JsonWalk.firstIn(a, fields.from(REQUESTS), to); at >= 0; ) {
            int end = JsonWalk.valueEnd(a, at, to);
            if (a[at] == '{') {
                element.scanElement(fields, at, end);
                name(element, INNER_MODEL);
            }
            at = JsonWalk.next(a, end, to);
        }
    }

    /** Notes the name in a field, if there is one. */
    private void name(RequestFields in, int field) throws RequestException {
        if (in.kind(field).isNullish()) {
            return;
        }
        String name = in.name(field);
        name = name.substring(name.startsWith(MODELS) ? MODELS.length() : 0);
        if (names.isEmpty()) {
            model = name;
            names = new ArrayList<>();
        } else if (!name.equals(model)) {
            throw in.other(field, "'models/" + model + "', as the request says before");
        } else if (names.size() == MAX_REQUESTS) {
            throw new RequestException(
                    "requests: more than " + MAX_REQUESTS + " elements (expected: at most that)",
                    "requests",
                    "invalid_value");
        }
        names.add(in.span(field));
    }

    private @Nullable State state(byte[] a, int from, int to) throws RequestException {
        if (named(fields, CACHED, CACHED_SNAKE) || named(counted, INNER_CACHED, INNER_CACHED_SNAKE)) {
            return OWN_CACHE;
        }
        if (!fields.plain()) {
            byte[] plain = PlainText.of(a, from, to);
            return new GeminiRequest().stateIn(plain);
        }
        if (namesStore(a, fields, TOOLS) || namesStore(a, counted, INNER_TOOLS)) {
            return OWN_STORE;
        }
        return namesFile(a, from, to) ? OWN_FILE : null;
    }

    private @Nullable State stateIn(byte[] plain) throws RequestException {
        fields.scan(plain, 0, plain.length);
        counted.scanIn(fields, fields.either(GENERATE, GENERATE_SNAKE));
        return state(plain, 0, plain.length);
    }

    private static boolean named(RequestFields in, int field, int snake) throws RequestException {
        int cached = in.either(field, snake);
        return in.kind(cached) == JsonKind.STRING && in.to(cached) - in.from(cached) > 2;
    }

    /** Whether tools search in a store of files. */
    private static boolean namesStore(byte[] a, RequestFields in, int tools) {
        return !in.kind(tools).isNullish()
                && (namesStore(a, in.from(tools), in.to(tools), STORES)
                        || namesStore(a, in.from(tools), in.to(tools), STORES_SNAKE));
    }

    /** In the schema of a function, where the name may be a parameter's, its value is an object. */
    private static boolean namesStore(byte[] a, int from, int to, byte[] name) {
        for (int at = Swar.indexOfPair(a, from, to, '"', 'f');
                at < to;
                at = Swar.indexOfPair(a, at + 1, to, '"', 'f')) {
            int value = JsonWalk.valueOf(a, at, to, name);
            if (value >= 0 && a[value] == '[') {
                value = JsonWalk.firstIn(a, value, to);
            }
            if (value >= 0 && a[value] == '"') {
                return true;
            }
        }
        return false;
    }

    private static boolean namesFile(byte[] a, int from, int to) {
        // "eU" and "_u" are rare in text, and in base64 no more than once in 4096 bytes.
        return namesFile(a, from, to, FILE_URI, 3) || namesFile(a, from, to, FILE_URI_SNAKE, 4);
    }

    /** Whether a field of this name has the address of an uploaded file; {@code mark}: where to search it by two bytes. */
    private static boolean namesFile(byte[] a, int from, int to, byte[] name, int mark) {
        for (int at = Swar.indexOfPair(a, from + mark + 1, to, name[mark], name[mark + 1]);
                at < to;
                at = Swar.indexOfPair(a, at + 2, to, name[mark], name[mark + 1])) {
            int value = JsonWalk.valueOf(a, at - mark - 1, to, name);
            if (value >= 0
                    && a[value] == '"'
                    && ofFilesApi(JsonText.string(a, value, JsonWalk.stringEnd(a, value + 1, to)))) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is {@code https://generativelanguage…} or the bare {@code files/…}; other addresses any provider can open. */
    private static boolean ofFilesApi(String uri) {
        String address = uri.strip().toLowerCase(Locale.ROOT);
        if (!address.startsWith("http")) {
            return address.startsWith(BARE_NAME);
        }
        int host = address.indexOf(HOST);
        return host >= 0 && address.indexOf('/', "https://".length()) > host;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
