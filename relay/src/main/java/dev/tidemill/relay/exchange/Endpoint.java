package dev.tidemill.relay.exchange;

import static dev.tidemill.core.route.Protocol.ANTHROPIC;
import static dev.tidemill.core.route.Protocol.GEMINI;
import static dev.tidemill.core.route.Protocol.OPENAI;

import dev.tidemill.core.route.Protocol;
import dev.tidemill.wire.anthropic.MessagesDialect;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.gemini.GeminiDialect;
import dev.tidemill.wire.http.Method;
import dev.tidemill.wire.openai.ChatDialect;
import dev.tidemill.wire.openai.ResponsesDialect;
import dev.tidemill.wire.openai.StoredResponseDialect;

/**
 * A relayed call of one of the APIs: what the client asks for, and what is appended to a provider's {@code base_url}.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference">OpenAI</a>
 * @see <a href="https://docs.claude.com/en/api/messages">Anthropic</a>
 * @see <a href="https://ai.google.dev/api/generate-content">Gemini</a>
 */
public enum Endpoint {
    CHAT_COMPLETIONS(OPENAI, "/chat/completions", true, ChatDialect.INSTANCE),
    COMPLETIONS(OPENAI, "/completions", true, ChatDialect.INSTANCE),
    EMBEDDINGS(OPENAI, "/embeddings", false, ChatDialect.INSTANCE),
    RESPONSES(OPENAI, "/responses", true, ResponsesDialect.INSTANCE),
    RETRIEVE_RESPONSE(Method.GET, "/responses/{id}", true),
    RESPONSE_INPUT_ITEMS(Method.GET, "/responses/{id}/input_items", false),
    CANCEL_RESPONSE(Method.POST, "/responses/{id}/cancel", false),
    DELETE_RESPONSE(Method.DELETE, "/responses/{id}", false),
    MESSAGES(ANTHROPIC, "/messages", true, MessagesDialect.INSTANCE),
    COUNT_TOKENS(ANTHROPIC, "/messages/count_tokens", false, MessagesDialect.INSTANCE),
    GENERATE_CONTENT(GEMINI, ":generateContent", false, GeminiDialect.EVENTS),
    STREAM_GENERATE_CONTENT(GEMINI, ":streamGenerateContent", true, GeminiDialect.EVENTS),
    /** The same without {@code alt=sse}: the stream is a JSON array. */
    STREAM_GENERATE_ARRAY(GEMINI, ":streamGenerateContent", true, GeminiDialect.ARRAY),
    GEMINI_COUNT_TOKENS(GEMINI, ":countTokens", false, GeminiDialect.EVENTS),
    GEMINI_EMBED_CONTENT(GEMINI, ":embedContent", false, GeminiDialect.EVENTS),
    /** Several contents at once; Google's own clients ask for one in this way too. */
    GEMINI_BATCH_EMBED_CONTENTS(GEMINI, ":batchEmbedContents", false, GeminiDialect.EVENTS);

    private final Method method;
    private final Protocol protocol;
    private final String suffix;
    private final boolean streams;

    @SuppressWarnings("ImmutableEnumChecker") // dialects have no state
    private final Dialect dialect;

    Endpoint(Protocol protocol, String suffix, boolean streams, Dialect dialect) {
        this(Method.POST, protocol, suffix, streams, dialect);
    }

    /** What is done with a stored response. */
    Endpoint(Method method, String suffix, boolean streams) {
        this(method, OPENAI, suffix, streams, StoredResponseDialect.INSTANCE);
    }

    Endpoint(Method method, Protocol protocol, String suffix, boolean streams, Dialect dialect) {
        this.method = method;
        this.protocol = protocol;
        this.suffix = suffix;
        this.streams = streams;
        this.dialect = dialect;
    }

    public Method method() {
        return method;
    }

    /** Whether it is about an answer that is there already, which its path names, so that nothing is generated. */
    public boolean byId() {
        return dialect == StoredResponseDialect.INSTANCE;
    }

    /** Whether tokens are spent on it: not by what only looks something up, or counts. */
    boolean spends() {
        return !byId() && this != COUNT_TOKENS && this != GEMINI_COUNT_TOKENS;
    }

    /** Whether its answer is made of tokens. */
    boolean generates() {
        return spends() && this != EMBEDDINGS && this != GEMINI_EMBED_CONTENT && this != GEMINI_BATCH_EMBED_CONTENTS;
    }

    /** The path here, with {@code {model}} or {@code {id}} where a path names one. */
    public String path() {
        return protocol == GEMINI ? "/v1beta/models/{model}" + suffix : "/v1" + suffix;
    }

    public Protocol protocol() {
        return protocol;
    }

    public Dialect dialect() {
        return dialect;
    }

    /** What follows the provider's base URL, behind the model where the path names one. */
    String suffix() {
        return suffix;
    }

    /** Whether the answer may be a stream of events; where the path says so, it is one. */
    boolean streams() {
        return streams;
    }
}
