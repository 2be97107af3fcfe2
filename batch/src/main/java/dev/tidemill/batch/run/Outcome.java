package dev.tidemill.batch.run;

import dev.tidemill.batch.JsonText;
import dev.tidemill.batch.intake.Utf8;
import dev.tidemill.core.Failure;
import dev.tidemill.relay.line.LineAnswer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** What an answer means for its line. */
enum Outcome {
    /** A good answer: into the output file. */
    SUCCESS,
    /** An answer that another try would not change: into the error file. */
    REFUSED,
    /** Might go better next time; counts as a try. */
    RETRY,
    /** Turned away for now, by the provider's rate limit or by ourselves; waits, and is no try. */
    WAIT,
    /**
     * The provider refuses our key, or the account behind it is spent: waits too, and the whole batch with it, instead of
     * burning lines on what an operator has to mend.
     */
    QUOTA;

    private static final int QUOTA_BYTES = 16 << 10;

    static Outcome of(LineAnswer answer) {
        Failure failure = answer.failure();
        int status = answer.status();
        if (failure != null && status != 429) {
            if (failure.code().equals("answer_too_large")) {
                return REFUSED;
            }
            return switch (failure.kind()) {
                case OVERLOADED, DRAINING, CLIENT_GONE, UPSTREAM_OVERLOADED, UNAVAILABLE -> WAIT;
                case OURS,
                        UPSTREAM_REFUSED,
                        UPSTREAM_CONNECT,
                        UPSTREAM_BROKEN,
                        UPSTREAM_PROTOCOL,
                        UPSTREAM_UNUSABLE,
                        UPSTREAM_ERROR,
                        UPSTREAM_TIMEOUT -> RETRY;
                case UPSTREAM_CREDENTIAL, TAKEN_OUT -> QUOTA;
                default -> REFUSED;
            };
        }
        if (spent(status, answer.body())) {
            return QUOTA;
        }
        if (status == 429 || status == 529) {
            return WAIT;
        }
        if (status >= 200 && status < 300) {
            return isObject(answer.body()) ? SUCCESS : RETRY;
        }
        return status >= 400 && status < 500 ? REFUSED : RETRY;
    }

    /** OpenAI says 429 insufficient_quota, Anthropic 400 "credit balance is too low", others 402. */
    private static boolean spent(int status, byte[] body) {
        if (status == 402) {
            return true;
        }
        boolean may = status == 429 || status == 400 || status == 403;
        if (!may || body.length > QUOTA_BYTES) {
            return false;
        }
        String text = new String(body, StandardCharsets.UTF_8);
        return status == 429 ? text.contains("insufficient_quota") : text.contains("credit balance is too low");
    }

    static boolean isObject(byte[] body) {
        return first(body) == JsonToken.START_OBJECT;
    }

    /** The token the JSON begins with; null: it is not JSON. */
    static @Nullable JsonToken first(byte[] body) {
        if (body.length < 2 || body[0] == 0 || body[1] == 0 || Utf8.firstBad(body, 0, body.length) >= 0) {
            return null;
        }
        try (JsonParser json = JsonText.FACTORY.createParser(ObjectReadContext.empty(), body)) {
            JsonToken first = json.nextToken();
            json.skipChildren();
            return json.nextToken() == null ? first : null;
        } catch (JacksonException e) {
            return null;
        }
    }
}
