package dev.tidemill.relay.downstream;

import dev.tidemill.relay.exchange.Address;
import dev.tidemill.wire.anthropic.MessagesDialect;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.gemini.GeminiDialect;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.Header;
import dev.tidemill.wire.http.Method;
import dev.tidemill.wire.openai.ChatDialect;

/** Whose client asks, and in whose words errors are told: said by the path, and where that is several's, by a header. */
public enum Spoken {
    OPENAI(ChatDialect.INSTANCE),
    ANTHROPIC(MessagesDialect.INSTANCE),
    GEMINI(GeminiDialect.EVENTS);

    @SuppressWarnings("ImmutableEnumChecker") // dialects have no state
    private final Dialect dialect;

    Spoken(Dialect dialect) {
        this.dialect = dialect;
    }

    Dialect dialect() {
        return dialect;
    }

    /** By the path alone, for a request of which no more was understood. */
    static Spoken at(String path, Method method) {
        if (path.startsWith("/v1beta/") || (path.startsWith("/v1/models/") && Address.of(method, path, "") != null)) {
            return GEMINI;
        }
        return path.startsWith("/v1/messages") ? ANTHROPIC : OPENAI;
    }

    static Spoken at(String path, Head head) {
        Spoken said = at(path, head.method());
        if (said != OPENAI) {
            return said;
        }
        if (path.equals("/v1/models") || path.startsWith("/v1/models/")) {
            return head.find(Header.X_GOOG_API_KEY) >= 0
                    ? GEMINI
                    : head.find(Header.ANTHROPIC_VERSION) >= 0 ? ANTHROPIC : OPENAI;
        }
        return OPENAI;
    }
}
