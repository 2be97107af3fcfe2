package dev.tidemill.wire.dialect;

import static dev.tidemill.wire.dialect.ErrorMeaning.CONTENT_POLICY;
import static dev.tidemill.wire.dialect.ErrorMeaning.CONTEXT_LENGTH;
import static dev.tidemill.wire.dialect.ErrorMeaning.CREDENTIAL;
import static dev.tidemill.wire.dialect.ErrorMeaning.CREDIT;
import static dev.tidemill.wire.dialect.ErrorMeaning.INVALID_REQUEST;
import static dev.tidemill.wire.dialect.ErrorMeaning.MODEL_MISSING;
import static dev.tidemill.wire.dialect.ErrorMeaning.OVERLOADED;
import static dev.tidemill.wire.dialect.ErrorMeaning.PREFILL_REFUSED;
import static dev.tidemill.wire.dialect.ErrorMeaning.RATE_LIMITED;
import static dev.tidemill.wire.dialect.ErrorMeaning.SERVER;
import static dev.tidemill.wire.dialect.ErrorMeaning.TIMEOUT;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words providers use for their errors, and what they mean. The first row that fits counts.
 *
 * <p><b>Who can write these words.</b> Many providers repeat a part of the request in the message of a 400, so a client could write
 * "insufficient balance" there. A row that would be held against the provider (key, credit, rate, load) therefore asks for a code, for another
 * status than 400, or for the message to begin so ({@link At#START}); one that takes the model out for everybody, for a code or for the message
 * to begin so, since a 404 repeats ids too. The other rows hurt nobody but the client itself.
 *
 * <p><b>How sure.</b> Each row says whose it is. {@link Basis#REPORTED} ones are not in a provider's documents or in a recording, only in what
 * users tell; nothing depends on one of them being complete, since the status decides where no row fits.
 */
final class ErrorTable {
    enum Basis {
        RECORDED,
        DOCUMENTED,
        REPORTED
    }

    enum At {
        START,
        ANYWHERE
    }

    private static final int ANY = 0;

    /**
     * @param status 0: any; otherwise this one; for a refusal to answer also none at all, as in a stream, whose errors repeat requests too
     * @param word the code or the type in lower case; ending with a star: what it begins with; empty: any
     * @param piece of the message in lower case; empty: any; at {@link At#START} a star in front is a word without blanks
     */
    record Row(ErrorMeaning meaning, String whose, Basis basis, int status, String word, String piece, At at) {
        boolean fits(int given, String code, String type, String message) {
            return (status == 0 || given == status || (given == 0 && meaning == CONTENT_POLICY))
                    && (word.isEmpty() || is(code) || is(type))
                    && (piece.isEmpty() || (at == At.START ? begins(message) : message.contains(piece)));
        }

        private boolean begins(String message) {
            return piece.startsWith("*")
                    ? message.startsWith(piece.substring(1), message.indexOf(' '))
                    : message.startsWith(piece);
        }

        private boolean is(String text) {
            return word.endsWith("*") ? text.startsWith(word.substring(0, word.length() - 1)) : text.equals(word);
        }
    }

    static final List<Row> ROWS = List.of(
            // A word that means different things, told apart by its message.
            both(RATE_LIMITED, "DashScope", Basis.DOCUMENTED, "insufficient_quota", "allocated quota exceeded"),
            both(CREDIT, "Gemini", Basis.REPORTED, "resource_exhausted", "credits are depleted"),
            both(CONTEXT_LENGTH, "Mistral", Basis.DOCUMENTED, "invalid_request_error", "too large for model with"),

            // Codes and types that mean one thing.
            word(CREDIT, "OpenAI", Basis.RECORDED, "insufficient_quota"),
            word(CREDIT, "OpenAI", Basis.DOCUMENTED, "billing_hard_limit_reached"),
            word(CREDIT, "OpenAI", Basis.DOCUMENTED, "billing_not_active"),
            word(CREDIT, "Anthropic", Basis.DOCUMENTED, "billing_error"),
            word(CREDIT, "DashScope", Basis.DOCUMENTED, "arrearage"),
            word(CREDIT, "DashScope", Basis.DOCUMENTED, "allocationquota.freetieronly"),
            word(CREDIT, "Moonshot", Basis.DOCUMENTED, "exceeded_current_quota_error"),
            word(CREDIT, "Zhipu", Basis.DOCUMENTED, "1113"),
            word(CREDIT, "Zhipu", Basis.DOCUMENTED, "1309"),
            word(CREDIT, "MiniMax", Basis.DOCUMENTED, "1008"),
            word(CREDIT, "SiliconFlow", Basis.DOCUMENTED, "30001"),
            word(CREDIT, "Volcengine", Basis.DOCUMENTED, "accountoverdueerror"),
            word(CREDENTIAL, "OpenAI", Basis.DOCUMENTED, "invalid_api_key"),
            word(CREDENTIAL, "OpenAI", Basis.DOCUMENTED, "account_deactivated"),
            word(CREDENTIAL, "Anthropic", Basis.DOCUMENTED, "authentication_error"),
            word(CREDENTIAL, "Anthropic", Basis.DOCUMENTED, "permission_error"),
            word(CREDENTIAL, "Gemini", Basis.DOCUMENTED, "unauthenticated"),
            word(CREDENTIAL, "Gemini", Basis.DOCUMENTED, "permission_denied"),
            word(CREDENTIAL, "DashScope", Basis.DOCUMENTED, "invalidapikey"),
            word(CREDENTIAL, "Moonshot", Basis.DOCUMENTED, "invalid_authentication_error"),
            word(CREDENTIAL, "Moonshot", Basis.DOCUMENTED, "incorrect_api_key_error"),
            word(CREDENTIAL, "Moonshot", Basis.DOCUMENTED, "permission_denied_error"),
            word(CREDENTIAL, "Zhipu", Basis.DOCUMENTED, "1110"),
            word(CREDENTIAL, "Zhipu", Basis.DOCUMENTED, "1111"),
            word(CREDENTIAL, "Zhipu", Basis.DOCUMENTED, "1112"),
            word(CREDENTIAL, "Zhipu", Basis.DOCUMENTED, "1121"),
            word(CREDENTIAL, "Zhipu", Basis.DOCUMENTED, "1220"),
            word(CREDENTIAL, "MiniMax", Basis.DOCUMENTED, "2049"),
            word(RATE_LIMITED, "OpenAI", Basis.RECORDED, "rate_limit_exceeded"),
            word(RATE_LIMITED, "Anthropic", Basis.DOCUMENTED, "rate_limit_error"),
            word(RATE_LIMITED, "Gemini", Basis.RECORDED, "resource_exhausted"),
            word(RATE_LIMITED, "DashScope", Basis.DOCUMENTED, "throttling*"),
            word(RATE_LIMITED, "DashScope", Basis.DOCUMENTED, "limit_requests"),
            word(RATE_LIMITED, "Moonshot", Basis.DOCUMENTED, "rate_limit_reached_error"),
            word(RATE_LIMITED, "Zhipu", Basis.DOCUMENTED, "1302"),
            word(RATE_LIMITED, "Zhipu", Basis.DOCUMENTED, "1303"),
            word(RATE_LIMITED, "Zhipu", Basis.DOCUMENTED, "1304"),
            word(RATE_LIMITED, "Zhipu", Basis.DOCUMENTED, "1308"),
            word(RATE_LIMITED, "Zhipu", Basis.DOCUMENTED, "1310"),
            word(RATE_LIMITED, "Zhipu", Basis.DOCUMENTED, "1313"),
            word(RATE_LIMITED, "MiniMax", Basis.DOCUMENTED, "1039"),
            word(RATE_LIMITED, "Volcengine", Basis.DOCUMENTED, "ratelimitexceeded*"),
            word(RATE_LIMITED, "Volcengine", Basis.DOCUMENTED, "modelaccountrpmratelimitexceeded"),
            word(RATE_LIMITED, "Volcengine", Basis.DOCUMENTED, "modelaccounttpmratelimitexceeded"),
            word(RATE_LIMITED, "Volcengine", Basis.REPORTED, "setlimitexceeded"),
            word(RATE_LIMITED, "Bedrock", Basis.DOCUMENTED, "throttlingexception"),
            word(OVERLOADED, "OpenAI", Basis.REPORTED, "server_is_overloaded"),
            word(OVERLOADED, "OpenAI", Basis.REPORTED, "slow_down"),
            word(OVERLOADED, "Anthropic", Basis.DOCUMENTED, "overloaded_error"),
            word(OVERLOADED, "Gemini", Basis.DOCUMENTED, "unavailable"),
            word(OVERLOADED, "DashScope", Basis.DOCUMENTED, "modelservingerror"),
            word(OVERLOADED, "Moonshot", Basis.DOCUMENTED, "engine_overloaded_error"),
            word(OVERLOADED, "Zhipu", Basis.DOCUMENTED, "1305"),
            word(OVERLOADED, "Zhipu", Basis.DOCUMENTED, "1312"),
            word(OVERLOADED, "SiliconFlow", Basis.DOCUMENTED, "50505"),
            word(OVERLOADED, "Volcengine", Basis.DOCUMENTED, "serveroverloaded"),
            word(OVERLOADED, "Mistral", Basis.REPORTED, "service_tier_capacity_exceeded"),
            word(MODEL_MISSING, "OpenAI", Basis.DOCUMENTED, "model_not_found"),
            word(MODEL_MISSING, "Azure", Basis.DOCUMENTED, "deploymentnotfound"),
            word(MODEL_MISSING, "DashScope", Basis.DOCUMENTED, "modelnotfound"),
            word(MODEL_MISSING, "DashScope", Basis.DOCUMENTED, "model_not_supported"),
            word(MODEL_MISSING, "Mistral", Basis.DOCUMENTED, "invalid_model"),
            word(MODEL_MISSING, "Zhipu", Basis.DOCUMENTED, "1211"),
            word(MODEL_MISSING, "Zhipu", Basis.DOCUMENTED, "1311"),
            word(MODEL_MISSING, "SiliconFlow", Basis.DOCUMENTED, "20012"),
            word(MODEL_MISSING, "Volcengine", Basis.DOCUMENTED, "invalidendpointormodel*"),
            word(MODEL_MISSING, "Volcengine", Basis.DOCUMENTED, "modelnotopen"),
            word(CONTEXT_LENGTH, "OpenAI", Basis.DOCUMENTED, "context_length_exceeded"),
            word(CONTEXT_LENGTH, "llama.cpp", Basis.DOCUMENTED, "exceed_context_size_error"),
            word(CONTEXT_LENGTH, "Zhipu", Basis.DOCUMENTED, "1261"),
            word(CONTEXT_LENGTH, "Zhipu", Basis.REPORTED, "model_context_window_exceeded"),
            word(CONTEXT_LENGTH, "Baidu", Basis.DOCUMENTED, "tokens_too_long"),
            word(CONTEXT_LENGTH, "Baidu", Basis.DOCUMENTED, "characters_too_long"),
            word(CONTENT_POLICY, "OpenAI, Azure, Moonshot", Basis.DOCUMENTED, "content_filter"),
            word(CONTENT_POLICY, "OpenAI", Basis.DOCUMENTED, "content_policy_violation"),
            word(CONTENT_POLICY, "OpenAI", Basis.DOCUMENTED, "moderation_blocked"),
            word(CONTENT_POLICY, "OpenAI", Basis.REPORTED, "cyber_policy"),
            word(CONTENT_POLICY, "Azure", Basis.DOCUMENTED, "responsibleaipolicyviolation"),
            word(CONTENT_POLICY, "DashScope", Basis.DOCUMENTED, "data_inspection_failed"),
            word(CONTENT_POLICY, "DashScope", Basis.DOCUMENTED, "datainspectionfailed"),
            word(CONTENT_POLICY, "Gemini", Basis.DOCUMENTED, "prohibited_content"),
            word(CONTENT_POLICY, "Zhipu", Basis.DOCUMENTED, "1301"),
            word(CONTENT_POLICY, "MiniMax", Basis.DOCUMENTED, "1026"),
            word(CONTENT_POLICY, "MiniMax", Basis.DOCUMENTED, "1027"),
            word(CONTENT_POLICY, "Volcengine", Basis.DOCUMENTED, "sensitivecontentdetected*"),
            word(CONTENT_POLICY, "Volcengine", Basis.DOCUMENTED, "inputtextsensitivecontentdetected*"),
            word(TIMEOUT, "Anthropic", Basis.DOCUMENTED, "timeout_error"),
            word(TIMEOUT, "Gemini", Basis.DOCUMENTED, "deadline_exceeded"),
            word(TIMEOUT, "DashScope", Basis.DOCUMENTED, "requesttimeout"),

            // Against the provider, by message: not where a request is repeated.
            starts(CREDIT, "Anthropic", Basis.DOCUMENTED, ANY, "your credit balance is too low"),
            starts(CREDENTIAL, "Gemini", Basis.DOCUMENTED, ANY, "api key not valid"),
            starts(CREDENTIAL, "Gemini", Basis.DOCUMENTED, ANY, "api key expired"),
            starts(CREDENTIAL, "OpenAI", Basis.DOCUMENTED, ANY, "incorrect api key provided"),
            piece(CREDIT, "DeepSeek", Basis.DOCUMENTED, 402, "insufficient balance"),
            piece(CREDIT, "Moonshot", Basis.DOCUMENTED, 403, "insufficient balance"),
            piece(CREDIT, "xAI", Basis.REPORTED, 403, "credits"),
            piece(CREDIT, "xAI", Basis.REPORTED, 429, "used all available credits"),
            piece(CREDIT, "OpenAI", Basis.RECORDED, 429, "check your plan and billing details"),
            piece(OVERLOADED, "OpenAI", Basis.DOCUMENTED, 429, "currently overloaded"),

            // Against the model, by message.
            piece(CONTENT_POLICY, "OpenRouter", Basis.DOCUMENTED, 403, "flagged"),
            piece(CONTENT_POLICY, "xAI", Basis.REPORTED, 403, "violates usage guidelines"),
            piece(CONTENT_POLICY, "DeepSeek", Basis.REPORTED, 400, "content exists risk"),
            piece(CONTENT_POLICY, "Moonshot", Basis.DOCUMENTED, 400, "considered high risk"),
            piece(CONTENT_POLICY, "Azure", Basis.DOCUMENTED, 400, "content management policy"),
            piece(CONTENT_POLICY, "DashScope", Basis.DOCUMENTED, 400, "may contain inappropriate content"),
            piece(PREFILL_REFUSED, "Anthropic", Basis.DOCUMENTED, ANY, "must end with a user message"),
            piece(PREFILL_REFUSED, "Anthropic", Basis.DOCUMENTED, ANY, "does not support assistant message prefill"),
            piece(PREFILL_REFUSED, "Mistral", Basis.REPORTED, ANY, "expected last role user or tool"),
            piece(CONTEXT_LENGTH, "Anthropic", Basis.DOCUMENTED, ANY, "prompt is too long"),
            piece(CONTEXT_LENGTH, "Anthropic", Basis.DOCUMENTED, ANY, "exceed context limit"),
            piece(
                    CONTEXT_LENGTH,
                    "OpenAI, vLLM, DeepSeek, OpenRouter",
                    Basis.DOCUMENTED,
                    ANY,
                    "maximum context length"),
            piece(CONTEXT_LENGTH, "OpenAI", Basis.DOCUMENTED, ANY, "exceeds the context window"),
            piece(CONTEXT_LENGTH, "Gemini", Basis.DOCUMENTED, ANY, "exceeds the maximum number of tokens"),
            piece(CONTEXT_LENGTH, "DashScope", Basis.DOCUMENTED, ANY, "range of input length should be"),
            piece(CONTEXT_LENGTH, "Moonshot", Basis.DOCUMENTED, ANY, "exceeded model token limit"),
            piece(CONTEXT_LENGTH, "xAI", Basis.REPORTED, ANY, "maximum prompt length"),
            piece(CONTEXT_LENGTH, "Groq", Basis.REPORTED, ANY, "reduce the length of the messages"),
            piece(CONTEXT_LENGTH, "MiniMax", Basis.REPORTED, ANY, "context window exceeds limit"),
            piece(CONTEXT_LENGTH, "llama.cpp", Basis.DOCUMENTED, ANY, "exceeds the available context size"),
            piece(CONTEXT_LENGTH, "LM Studio", Basis.REPORTED, ANY, "greater than the context length"),
            piece(CONTEXT_LENGTH, "SGLang", Basis.REPORTED, ANY, "longer than the model's context length"),
            piece(CONTEXT_LENGTH, "Ollama", Basis.REPORTED, ANY, "prompt too long; exceeded"),
            piece(CONTEXT_LENGTH, "Bedrock", Basis.DOCUMENTED, ANY, "input is too long for requested model"),
            piece(CONTEXT_LENGTH, "Zhipu", Basis.REPORTED, ANY, "prompt exceeds max length"),
            starts(MODEL_MISSING, "Anthropic", Basis.DOCUMENTED, 404, "model:"),
            starts(MODEL_MISSING, "Gemini", Basis.DOCUMENTED, 404, "models/"),
            starts(MODEL_MISSING, "Gemini", Basis.REPORTED, 404, "publisher model "),
            starts(MODEL_MISSING, "Moonshot", Basis.DOCUMENTED, 404, "not found the model "),
            starts(MODEL_MISSING, "Ollama", Basis.DOCUMENTED, 404, "model "),
            starts(MODEL_MISSING, "OpenAI, vLLM, xAI", Basis.DOCUMENTED, 404, "the model "),
            starts(MODEL_MISSING, "many", Basis.REPORTED, 404, "the requested model "),
            starts(MODEL_MISSING, "OpenRouter", Basis.DOCUMENTED, 404, "no endpoints found for"),
            starts(MODEL_MISSING, "OpenRouter", Basis.DOCUMENTED, 400, "* is not a valid model id"),
            starts(MODEL_MISSING, "DeepSeek", Basis.DOCUMENTED, 400, "model not exist"),

            // Words that say the kind and no more.
            word(INVALID_REQUEST, "OpenAI, Anthropic", Basis.RECORDED, "invalid_request_error"),
            word(INVALID_REQUEST, "Anthropic", Basis.DOCUMENTED, "request_too_large"),
            word(INVALID_REQUEST, "Gemini", Basis.DOCUMENTED, "invalid_argument"),
            word(INVALID_REQUEST, "Gemini", Basis.DOCUMENTED, "failed_precondition"),
            word(INVALID_REQUEST, "OpenAI", Basis.DOCUMENTED, "invalid_prompt"),
            word(INVALID_REQUEST, "DashScope", Basis.DOCUMENTED, "invalidparameter*"),
            word(INVALID_REQUEST, "DashScope", Basis.DOCUMENTED, "invalid_parameter_error"),
            word(INVALID_REQUEST, "Zhipu", Basis.DOCUMENTED, "1210"),
            word(INVALID_REQUEST, "Zhipu", Basis.DOCUMENTED, "1213"),
            word(INVALID_REQUEST, "Zhipu", Basis.DOCUMENTED, "1214"),
            word(INVALID_REQUEST, "Zhipu", Basis.DOCUMENTED, "1215"),
            word(INVALID_REQUEST, "MiniMax", Basis.DOCUMENTED, "2013"),
            word(SERVER, "OpenAI", Basis.DOCUMENTED, "server_error"),
            word(SERVER, "OpenAI", Basis.DOCUMENTED, "internal_server_error"),
            word(SERVER, "Anthropic", Basis.DOCUMENTED, "api_error"),
            word(SERVER, "Gemini", Basis.DOCUMENTED, "internal"),
            word(SERVER, "DashScope", Basis.DOCUMENTED, "internalerror*"),
            word(SERVER, "Zhipu", Basis.DOCUMENTED, "1230"),
            word(SERVER, "Zhipu", Basis.DOCUMENTED, "1234"));

    private static final List<String> DAILY_CODES = List.of("perday", "1304");
    private static final List<String> DAILY_PIECES =
            List.of("perday", "per day", "per-day", "(rpd)", "(tpd)", "daily limit");

    private ErrorTable() {}

    static @Nullable ErrorMeaning find(int status, String code, String type, String message) {
        for (Row row : ROWS) {
            if (row.fits(status, code, type, message) && (row.meaning != INVALID_REQUEST || !isOther(status))) {
                return row.meaning;
            }
        }
        return null;
    }

    /** Words for a bad request stand beside other statuses too, DeepSeek's 402 and OpenAI's 401 and 404 among them: there the status knows more. */
    private static boolean isOther(int status) {
        return status == 401 || status == 402 || status == 403 || status == 429 || status >= 500;
    }

    static boolean isDaily(String code, String message) {
        return DAILY_CODES.stream().anyMatch(code::contains)
                || DAILY_PIECES.stream().anyMatch(message::contains);
    }

    private static Row word(ErrorMeaning meaning, String whose, Basis basis, String word) {
        return new Row(meaning, whose, basis, 0, word, "", At.ANYWHERE);
    }

    private static Row both(ErrorMeaning meaning, String whose, Basis basis, String word, String piece) {
        return new Row(meaning, whose, basis, 0, word, piece, At.ANYWHERE);
    }

    private static Row starts(ErrorMeaning meaning, String whose, Basis basis, int status, String piece) {
        return new Row(meaning, whose, basis, status, "", piece, At.START);
    }

    private static Row piece(ErrorMeaning meaning, String whose, Basis basis, int status, String piece) {
        return new Row(meaning, whose, basis, status, "", piece, At.ANYWHERE);
    }
}
