package dev.tidemill.relay.exchange;

import dev.tidemill.core.route.Protocol;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.openai.ChatDialect;
import org.jspecify.annotations.Nullable;

/**
 * A relayed call of the OpenAI API: what the client asks for, and what is appended to a provider's {@code base_url}.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference">OpenAI API reference</a>
 */
public enum Endpoint {
    CHAT_COMPLETIONS("/chat/completions", true),
    COMPLETIONS("/completions", true),
    EMBEDDINGS("/embeddings", false);

    private final String suffix;
    private final boolean streams;

    Endpoint(String suffix, boolean streams) {
        this.suffix = suffix;
        this.streams = streams;
    }

    /** The endpoint at this path of ours, or null. */
    public static @Nullable Endpoint at(String path) {
        return switch (path) {
            case "/v1/chat/completions" -> CHAT_COMPLETIONS;
            case "/v1/completions" -> COMPLETIONS;
            case "/v1/embeddings" -> EMBEDDINGS;
            default -> null;
        };
    }

    public String path() {
        return "/v1" + suffix;
    }

    /** What follows the provider's base URL. */
    String suffix() {
        return suffix;
    }

    Protocol protocol() {
        return Protocol.OPENAI;
    }

    public Dialect dialect() {
        return ChatDialect.INSTANCE;
    }

    /** Whether the answer may be a stream of events. */
    boolean streams() {
        return streams;
    }
}
