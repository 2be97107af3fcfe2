package dev.tidemill.relay.line;

import dev.tidemill.core.Failure;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.openai.ChatDialect;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a line ended.
 *
 * @param status the provider's, or that of our own failure
 * @param body the provider's answer as it came, or our error in OpenAI's form
 * @param usage null: the provider stated none
 * @param failure set when the body is ours: no whole answer was received
 * @param retryAfter asked for by the provider, capped at 60 s
 * @param sent whether the request may have reached the provider
 */
public record LineAnswer(
        int status,
        String requestId,
        byte[] body,
        @Nullable Usage usage,
        @Nullable Failure failure,
        @Nullable Duration retryAfter,
        boolean sent) {

    static LineAnswer failed(Failure why, String requestId, boolean sent) {
        byte[] body = ChatDialect.INSTANCE.errorBody(why.text(requestId));
        return new LineAnswer(why.status(), requestId, body, null, why, why.retryAfter(), sent);
    }
}
