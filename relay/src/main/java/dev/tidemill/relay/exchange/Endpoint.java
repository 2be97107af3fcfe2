package dev.tidemill.relay.exchange;

import dev.tidemill.core.route.Protocol;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.openai.ChatDialect;

/**
 * A relayed call of one of the APIs: what the client asks for, and what is appended to a provider's {@code base_url}.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference">OpenAI API reference</a>
 */
public enum Endpoint {
    CHAT_COMPLETIONS(Protocol.OPENAI, "/chat/completions", true, ChatDialect.INSTANCE),
    COMPLETIONS(Protocol.OPENAI, "/completions", true, ChatDialect.INSTANCE),
    EMBEDDINGS(Protocol.OPENAI, "/embeddings", false, ChatDialect.INSTANCE);

    private final Protocol protocol;
    private final String suffix;
    private final boolean streams;

    @SuppressWarnings("ImmutableEnumChecker") // dialects have no state
    private final Dialect dialect;

    Endpoint(Protocol protocol, String suffix, boolean streams, Dialect dialect) {
        this.protocol = protocol;
        this.suffix = suffix;
        this.streams = streams;
        this.dialect = dialect;
    }

    /** The path here, with {@code {model}} where a path names one. */
    public String path() {
        return "/v1" + suffix;
    }

    public Protocol protocol() {
        return protocol;
    }

    public Dialect dialect() {
        return dialect;
    }

    /** What follows the provider's base URL. */
    String suffix() {
        return suffix;
    }

    /** Whether the answer may be a stream of events. */
    boolean streams() {
        return streams;
    }
}
