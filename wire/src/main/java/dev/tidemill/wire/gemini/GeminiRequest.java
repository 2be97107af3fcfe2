package dev.tidemill.wire.gemini;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.dialect.Asked;
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
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a relay has to know of a request to {@code generateContent}, {@code countTokens} or {@code embedContent}. The path
 * names the model and says whether to stream. Google reads each name in both spellings, {@code camelCase} and
 * {@code snake_case}; only one of them may be there.
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
    private static final FieldTable FIELDS = FieldTable.of(
            "contents",
            "content",
            "tools",
            "systemInstruction",
            "system_instruction",
            "generationConfig",
            "generation_config",
            "cachedContent",
            "cached_content");

    private static final int MAX_OUTPUT = 0;
    private static final int MAX_OUTPUT_SNAKE = 1;
    private static final int CANDIDATES = 2;
    private static final int CANDIDATES_SNAKE = 3;
    private static final FieldTable CONFIG_FIELDS =
            FieldTable.of("maxOutputTokens", "max_output_tokens", "candidateCount", "candidate_count");

    private static final byte[] FILE_URI = ascii("fileUri");
    private static final byte[] FILE_URI_SNAKE = ascii("file_uri");
    private static final String HOST = "generativelanguage";
    private static final String BARE_NAME = "files/";

    private static final State OWN_CACHE = new State(null, "cachedContent", false, null, false);
    private static final State OWN_FILE = new State(null, "fileData.fileUri", false, null, false);

    private final RequestFields fields = new RequestFields(FIELDS);
    private final RequestFields config = RequestFields.inside("generationConfig", CONFIG_FIELDS);

    @Override
    public Asked read(byte[] a, int from, int to) throws RequestException {
        fields.scan(a, from, to);
        config.scanIn(fields, fields.either(CONFIG, CONFIG_SNAKE));
        int prompt = fields.either(SYSTEM, SYSTEM_SNAKE);
        if (fields.kind(prompt).isNullish()) {
            prompt = fields.kind(CONTENTS).isNullish() ? CONTENT : CONTENTS;
        }
        return new Asked(
                "",
                -1,
                -1,
                false,
                config.count(config.either(CANDIDATES, CANDIDATES_SNAKE), 1, RequestFields.MAX_CHOICES, 1),
                config.count(config.either(MAX_OUTPUT, MAX_OUTPUT_SNAKE), 1, RequestFields.MAX_OUTPUT_TOKENS, -1),
                null,
                fields.span(prompt),
                fields.span(TOOLS),
                state(a, from, to));
    }

    private @Nullable State state(byte[] a, int from, int to) throws RequestException {
        int cached = fields.either(CACHED, CACHED_SNAKE);
        if (fields.kind(cached) == JsonKind.STRING && fields.to(cached) - fields.from(cached) > 2) {
            return OWN_CACHE;
        }
        byte[] plain = fields.plain() ? a : PlainText.of(a, from, to);
        return (plain == a ? namesFile(a, from, to) : namesFile(plain, 0, plain.length)) ? OWN_FILE : null;
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
