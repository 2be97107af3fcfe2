package dev.tidemill.wire.anthropic;

import dev.tidemill.wire.Swar;
import dev.tidemill.wire.dialect.Asked;
import dev.tidemill.wire.dialect.Asked.Span;
import dev.tidemill.wire.dialect.Asked.State;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.dialect.RequestFields;
import dev.tidemill.wire.dialect.RequestReader;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonKind;
import dev.tidemill.wire.json.JsonWalk;
import dev.tidemill.wire.json.PlainText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a relay has to know of a request to {@code /v1/messages} or {@code /v1/messages/count_tokens}: read in one
 * validating scan, the rest of the body is left as it came. {@code max_tokens} may be 0, which only warms the cache, and
 * may be missing, which the provider refuses in its own words.
 */
final class MessagesRequest implements RequestReader {
    private static final int MODEL = 0;
    private static final int STREAM = 1;
    private static final int MAX_TOKENS = 2;
    private static final int SYSTEM = 3;
    private static final int MESSAGES = 4;
    private static final int TOOLS = 5;
    private static final int CONTAINER = 6;
    private static final int MCP_SERVERS = 7;
    private static final FieldTable FIELDS =
            FieldTable.of("model", "stream", "max_tokens", "system", "messages", "tools", "container", "mcp_servers");

    private static final byte[] FILE_ID = "file_id".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FILE_PREFIX = "\"file_".getBytes(StandardCharsets.US_ASCII);
    private static final State FILE = new State(null, "file_id", false, null, false);
    private static final State OWN_CONTAINER = new State(null, "container", false, null, false);

    private final RequestFields fields = new RequestFields(FIELDS);

    @Override
    public Asked read(byte[] a, int from, int to) throws RequestException {
        fields.scan(a, from, to);
        String model = fields.name(MODEL);
        boolean instructed = !fields.kind(SYSTEM).isNullish();
        return new Asked(
                model,
                fields.from(MODEL) - from,
                fields.to(MODEL) - from,
                List.of(),
                fields.flag(STREAM),
                1,
                fields.count(MAX_TOKENS, 0, RequestFields.MAX_OUTPUT_TOKENS, -1),
                null,
                fields.span(instructed ? SYSTEM : MESSAGES),
                instructed ? fields.span(MESSAGES) : Span.NONE,
                Span.NONE,
                fields.span(asksServers(a) ? MCP_SERVERS : TOOLS),
                state(a, from, to));
    }

    /** Whether servers are named whose tools the provider itself runs, beside those in {@code tools}. */
    private boolean asksServers(byte[] a) {
        return fields.kind(MCP_SERVERS) == JsonKind.ARRAY
                && JsonWalk.firstIn(a, fields.from(MCP_SERVERS), fields.to(MCP_SERVERS)) >= 0;
    }

    private @Nullable State state(byte[] a, int from, int to) {
        if (!fields.kind(CONTAINER).isNullish()) {
            return OWN_CONTAINER;
        }
        byte[] plain = fields.plain() ? a : PlainText.of(a, from, to);
        return (plain == a ? namesFile(a, from, to) : namesFile(plain, 0, plain.length)) ? FILE : null;
    }

    /**
     * Whether a {@code file_id} has the value of a file of Anthropic's, which all start with {@code file_}. Tools may have
     * an argument of that name, and their schemas a property. Only {@code _i} is searched for, and it is rare in text.
     */
    private static boolean namesFile(byte[] a, int from, int to) {
        for (int at = Swar.indexOfPair(a, from + 5, to, '_', 'i');
                at < to;
                at = Swar.indexOfPair(a, at + 2, to, '_', 'i')) {
            int value = JsonWalk.valueOf(a, at - 5, to, FILE_ID);
            int end = value + FILE_PREFIX.length;
            if (value >= 0 && end <= to && JsonWalk.is(a, value, end, FILE_PREFIX)) {
                return true;
            }
        }
        return false;
    }
}
