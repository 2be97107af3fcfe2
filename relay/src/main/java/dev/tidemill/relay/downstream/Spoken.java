package dev.tidemill.relay.downstream;

import dev.tidemill.relay.exchange.Address;
import dev.tidemill.wire.anthropic.MessagesDialect;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.gemini.GeminiDialect;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.Header;
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

    static Spoken at(String path, Head head) {
        if (path.startsWith("/v1beta/")
                || (path.startsWith("/v1/models/") && Address.of(head.method(), path, "") != null)) {
            return GEMINI;
        }
        if (path.startsWith("/v1/messages")) {
            return ANTHROPIC;
        }
        if (path.equals("/v1/models") || path.startsWith("/v1/models/")) {
            return head.find(Header.X_GOOG_API_KEY) >= 0
                    ? GEMINI
                    : head.find(Header.ANTHROPIC_VERSION) >= 0 ? ANTHROPIC : OPENAI;
        }
        return OPENAI;
    }
}
