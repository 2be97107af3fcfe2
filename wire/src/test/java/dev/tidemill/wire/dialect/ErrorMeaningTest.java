package dev.tidemill.wire.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.openai.OpenAiError;
import dev.tidemill.wire.openai.ResponsesDialect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorMeaningTest {
    /** Columns: whose, status, body, meaning. Status 200: inside a stream, or a body that contradicts its status. */
    @ParameterizedTest(name = "{0} {1} {3}: {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            OpenAI     | 401 | {"error":{"message":"Incorrect API key provided: sk-x.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}} | CREDENTIAL
            OpenAI     | 403 | {"error":{"message":"Country, region, or territory not supported","type":"request_forbidden","param":null,"code":"unsupported_country_region_territory"}} | CREDENTIAL
            OpenAI     | 429 | {"error":{"message":"Rate limit reached for gpt-x on tokens per min (TPM): Limit 30000","type":"tokens","param":null,"code":"rate_limit_exceeded"}} | RATE_LIMITED
            OpenAI     | 400 | {"error":{"message":"This model's maximum context length is 8192 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}} | CONTEXT_LENGTH
            OpenAI     | 200 | {"type":"error","error":{"type":"invalid_request_error","code":null,"message":"Your input exceeds the context window of this model."}} | CONTEXT_LENGTH
            OpenAI     | 404 | {"error":{"message":"The model 'x' does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}} | MODEL_MISSING
            OpenAI     | 404 | {"error":{"message":"Invalid URL (POST /v1/x)","type":"invalid_request_error","param":null,"code":null}} | INVALID_REQUEST
            OpenAI     | 400 | {"error":{"message":"Invalid value: 'is not a valid model id'. Supported values are: 'none', 'auto', and 'required'.","type":"invalid_request_error","param":"tool_choice","code":"invalid_value"}} | INVALID_REQUEST
            OpenAI     | 400 | {"error":{"message":"Invalid value: 'model not exist'. Supported values are: 'none', 'auto', and 'required'.","type":"invalid_request_error","param":"tool_choice","code":"invalid_value"}} | INVALID_REQUEST
            OpenAI     | 404 | {"error":{"message":"Item with id 'the model' not found.","type":"invalid_request_error","param":"input","code":null}} | INVALID_REQUEST
            OpenAI     | 500 | {"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}} | SERVER
            OpenAI     | 503 | {"error":{"message":"Slow down","type":"service_unavailable_error","code":"slow_down"}} | OVERLOADED
            OpenAI     | 400 | {"error":{"message":"Your request was rejected","type":"image_generation_user_error","code":"moderation_blocked"}} | CONTENT_POLICY
            Azure      | 400 | {"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}} | CONTENT_POLICY
            Azure      | 404 | {"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}} | MODEL_MISSING
            Azure      | 429 | {"error":{"code":"429","message":"Requests to the Operation under Azure OpenAI API have exceeded token rate limit."}} | RATE_LIMITED
            Anthropic  | 400 | {"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 213462 tokens > 200000 maximum"},"request_id":"r"} | CONTEXT_LENGTH
            Anthropic  | 400 | {"type":"error","error":{"type":"invalid_request_error","message":"This model does not support assistant message prefill. The conversation must end with a user message."}} | PREFILL_REFUSED
            Anthropic  | 400 | {"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}} | CREDIT
            Anthropic  | 400 | {"type":"error","error":{"type":"invalid_request_error","message":"messages.0.role: 'your credit balance is too low, insufficient balance'"}} | INVALID_REQUEST
            Anthropic  | 404 | {"type":"error","error":{"type":"not_found_error","message":"model: claude-x"}} | MODEL_MISSING
            Anthropic  | 404 | {"type":"error","error":{"type":"not_found_error","message":"File not found: file_of_my_model"}} | INVALID_REQUEST
            Anthropic  | 413 | {"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}} | INVALID_REQUEST
            Anthropic  | 529 | {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}} | OVERLOADED
            Anthropic  | 200 | {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}} | OVERLOADED
            Anthropic  | 504 | {"type":"error","error":{"type":"timeout_error","message":"Request timed out"}} | TIMEOUT
            Anthropic  | 403 | {"type":"error","error":{"type":"permission_error","message":"no"}} | CREDENTIAL
            Gemini     | 400 | {"error":{"code":400,"message":"The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).","status":"INVALID_ARGUMENT"}} | CONTEXT_LENGTH
            Gemini     | 400 | [{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}] | CREDENTIAL
            Gemini     | 404 | {"error":{"code":404,"message":"models/x is not found for API version v1beta","status":"NOT_FOUND"}} | MODEL_MISSING
            Gemini     | 404 | {"error":{"code":404,"message":"Cached content models/x was not found","status":"NOT_FOUND"}} | INVALID_REQUEST
            Gemini     | 503 | {"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}} | OVERLOADED
            Gemini     | 200 | {"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}} | OVERLOADED
            Gemini     | 429 | {"error":{"code":429,"message":"Your prepayment credits are depleted.","status":"RESOURCE_EXHAUSTED"}} | CREDIT
            Gemini     | 504 | {"error":{"code":504,"message":"Deadline expired","status":"DEADLINE_EXCEEDED"}} | TIMEOUT
            Groq       | 200 | {"error":{"message":"Failed to call a function.","type":"invalid_request_error","code":"tool_use_failed","status_code":400}} | INVALID_REQUEST
            Groq       | 413 | {"error":{"message":"Request too large on tokens per minute (TPM)","type":"tokens","code":"rate_limit_exceeded"}} | RATE_LIMITED
            Groq       | 400 | {"error":{"message":"Please reduce the length of the messages or completion.","type":"invalid_request_error","param":"messages"}} | CONTEXT_LENGTH
            OpenRouter | 200 | {"error":{"code":402,"message":"Insufficient credits"}} | CREDIT
            OpenRouter | 200 | {"id":"g","error":{"code":502,"message":"Provider returned error"},"choices":[]} | SERVER
            OpenRouter | 200 | {"error":{"message":"The model gave nothing for 'insufficient balance, all your credits'"}} | UNKNOWN
            OpenRouter | 403 | {"error":{"code":403,"message":"Your input was flagged","metadata":{"reasons":[]}}} | CONTENT_POLICY
            OpenRouter | 404 | {"error":{"message":"No endpoints found for x/y.","code":404}} | MODEL_MISSING
            OpenRouter | 404 | {"error":{"message":"No endpoints found that support image input","code":404}} | INVALID_REQUEST
            OpenRouter | 404 | {"error":{"message":"No allowed providers are available for the selected model.","code":404}} | INVALID_REQUEST
            OpenRouter | 400 | {"error":{"message":"x/y is not a valid model ID","code":400}} | MODEL_MISSING
            OpenRouter | 400 | {"error":{"message":"tool_choice: x is not a valid model ID","code":400}} | INVALID_REQUEST
            DeepSeek   | 402 | {"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}} | CREDIT
            DeepSeek   | 401 | {"error":{"message":"Authentication Fails","type":"authentication_error","param":null,"code":"invalid_request_error"}} | CREDENTIAL
            DeepSeek   | 400 | {"error":{"message":"This model's maximum context length is 65536 tokens.","type":"invalid_request_error","param":null,"code":"invalid_request_error"}} | CONTEXT_LENGTH
            DeepSeek   | 400 | {"error":{"message":"Content Exists Risk","type":"invalid_request_error","param":null,"code":"invalid_request_error"}} | CONTENT_POLICY
            DeepSeek   | 400 | {"error":{"message":"Model Not Exist","type":"invalid_request_error","param":null,"code":"invalid_request_error"}} | MODEL_MISSING
            DashScope  | 400 | {"error":{"message":"Access denied, please make sure your account is in good standing.","type":"Arrearage","param":null,"code":"Arrearage"}} | CREDIT
            DashScope  | 400 | {"code":"InvalidParameter","message":"Range of input length should be [1, 30720]","request_id":"r"} | CONTEXT_LENGTH
            DashScope  | 400 | {"error":{"code":"data_inspection_failed","param":null,"message":"Output data may contain inappropriate content.","type":"data_inspection_failed"}} | CONTENT_POLICY
            DashScope  | 400 | {"code":"DataInspectionFailed","message":"Input data may contain inappropriate content."} | CONTENT_POLICY
            DashScope  | 429 | {"code":"Throttling.RateQuota","message":"Requests rate limit exceeded, please try again later."} | RATE_LIMITED
            DashScope  | 429 | {"error":{"message":"Allocated quota exceeded, please increase your quota limit.","type":"insufficient_quota","code":"insufficient_quota"}} | RATE_LIMITED
            DashScope  | 401 | {"code":"InvalidApiKey","message":"Invalid API-key provided."} | CREDENTIAL
            DashScope  | 404 | {"error":{"message":"The model `x` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}} | MODEL_MISSING
            Moonshot   | 429 | {"error":{"message":"Your account is suspended due to insufficient balance","type":"exceeded_current_quota_error"}} | CREDIT
            Moonshot   | 429 | {"error":{"message":"The engine is currently overloaded, please try again later","type":"engine_overloaded_error"}} | OVERLOADED
            Moonshot   | 429 | {"error":{"message":"max RPM: 3","type":"rate_limit_reached_error"}} | RATE_LIMITED
            Moonshot   | 400 | {"error":{"message":"Invalid request: Your request exceeded model token limit: 8192","type":"invalid_request_error"}} | CONTEXT_LENGTH
            Moonshot   | 400 | {"error":{"message":"The request was rejected because it was considered high risk","type":"content_filter"}} | CONTENT_POLICY
            Moonshot   | 404 | {"error":{"message":"Not found the model x or Permission denied","type":"resource_not_found_error"}} | MODEL_MISSING
            Zhipu      | 400 | {"error":{"code":"1261","message":"Prompt"}} | CONTEXT_LENGTH
            Zhipu      | 400 | {"contentFilter":[{"level":1,"role":"user"}],"error":{"code":"1301","message":"x"}} | CONTENT_POLICY
            Zhipu      | 429 | {"error":{"code":"1113","message":"x"}} | CREDIT
            Zhipu      | 429 | {"error":{"code":"1302","message":"x"}} | RATE_LIMITED
            Zhipu      | 429 | {"error":{"code":"1305","message":"x"}} | OVERLOADED
            Zhipu      | 400 | {"error":{"code":"1211","message":"x"}} | MODEL_MISSING
            Zhipu      | 401 | {"error":{"code":"1002","message":"x"}} | CREDENTIAL
            MiniMax    | 200 | {"base_resp":{"status_code":1026,"status_msg":"input new_sensitive"}} | CONTENT_POLICY
            MiniMax    | 200 | {"choices":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}} | CREDIT
            SiliconFlow | 403 | {"code":30001,"message":"Sorry, your account balance is insufficient","data":null} | CREDIT
            SiliconFlow | 400 | {"code":20012,"message":"Model does not exist. Please check it carefully.","data":null} | MODEL_MISSING
            SiliconFlow | 503 | {"code":50505,"message":"Model service overloaded. Please try again later.","data":null} | OVERLOADED
            Baidu      | 400 | {"error":{"code":"tokens_too_long","message":"Prompt tokens too long","type":"invalid_request_error"},"id":"as"} | CONTEXT_LENGTH
            Volcengine | 403 | {"error":{"code":"AccountOverdueError","message":"x","param":"","type":"Forbidden"}} | CREDIT
            Mistral    | 400 | {"object":"error","message":"Prompt contains 40000 tokens, too large for model with 32768 maximum context length","type":"invalid_request_error","param":null,"code":"3051"} | CONTEXT_LENGTH
            Mistral    | 401 | {"detail":"Unauthorized"} | CREDENTIAL
            vLLM       | 400 | {"object":"error","message":"This model's maximum context length is 4096 tokens.","type":"BadRequestError","param":null,"code":400} | CONTEXT_LENGTH
            vLLM       | 404 | {"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404} | MODEL_MISSING
            llama.cpp  | 400 | {"error":{"code":400,"message":"request (9412 tokens) exceeds the available context size (8192 tokens)","type":"exceed_context_size_error"}} | CONTEXT_LENGTH
            Ollama     | 404 | {"error":"model 'x' not found"} | MODEL_MISSING
            xAI        | 404 | {"code":"Some requested entity was not found","error":"The model grok-x does not exist or your team does not have access to it."} | MODEL_MISSING
            xAI        | 400 | {"code":"Client specified an invalid argument","error":"This model's maximum prompt length is 131072 but the request contains 537812 tokens."} | CONTEXT_LENGTH
            """)
    void ofAProvidersError(String whose, int status, String body, ErrorMeaning meaning) {
        assertThat(ErrorMeaning.of(status, read(body))).as(whose).isEqualTo(meaning);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            openai/chat/reasoning-model-legacy-parameter-error.json, 400, INVALID_REQUEST, false
            openai/responses/reasoning-model-temperature-error.json, 400, INVALID_REQUEST, false
            openai/responses/openai-error.1.json,                    429, CREDIT,          false
            google/google-429-retry-info.json,                       429, RATE_LIMITED,    false
            """)
    void ofARecordedError(String file, int status, ErrorMeaning meaning, boolean daily) {
        byte[] a = Fixtures.bytes("streams/vercel-ai/" + file);
        ProviderError error = OpenAiError.read(a, 0, a.length);
        assertThat(ErrorMeaning.of(status, error)).isEqualTo(meaning);
        assertThat(ErrorMeaning.isDaily(error)).isEqualTo(daily);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            streams/vercel-ai/openai/responses/openai-error.1.chunks.txt, CREDIT,       CREDIT
            streams/prism/openai/stream-rate-limited-1.json,              RATE_LIMITED, RATE_LIMITED
            streams/prism/openai/stream-unknown-error-responses-1.json,   UNKNOWN,      RATE_LIMITED
            """)
    void ofARecordedErrorInAStream(String name, ErrorMeaning first, ErrorMeaning last) throws Exception {
        Path file = Fixtures.root().resolve(name);
        byte[] a = Fixtures.stream(file);
        EventReader reader = ResponsesDialect.INSTANCE.eventReader();
        AnswerStream stream = ResponsesDialect.INSTANCE.answerStream(1);
        reader.feed(a, 0, a.length);
        for (int i = 0; i < 4; i++) {
            assertThat(reader.next()).isTrue();
            if ((stream.look(reader) & Meaning.ERROR) != 0) {
                ProviderError error =
                        ResponsesDialect.INSTANCE.error(reader.data(), reader.dataFrom(), reader.dataTo());
                assertThat(ErrorMeaning.of(200, error)).isEqualTo(i == 2 ? first : last);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            200, UNKNOWN
            400, INVALID_REQUEST
            401, CREDENTIAL
            402, CREDIT
            403, CREDENTIAL
            404, INVALID_REQUEST
            408, TIMEOUT
            413, INVALID_REQUEST
            422, INVALID_REQUEST
            429, RATE_LIMITED
            500, SERVER
            502, SERVER
            503, OVERLOADED
            504, TIMEOUT
            520, SERVER
            529, OVERLOADED
            """)
    void withoutWordsTheStatusDecides(int status, ErrorMeaning meaning) {
        assertThat(ErrorMeaning.of(status, ProviderError.WORDLESS)).isEqualTo(meaning);
    }

    @Test
    void aWholeDaysLimitIsToldApart() {
        assertThat(ErrorMeaning.isDaily(
                        new ProviderError("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "", "", 0, null)))
                .isTrue();
        assertThat(ErrorMeaning.isDaily(
                        new ProviderError("", "", "Rate limit reached on tokens per day (TPD)", 0, null)))
                .isTrue();
        assertThat(ErrorMeaning.isDaily(new ProviderError("1304", "", "", 0, null)))
                .isTrue();
        assertThat(ErrorMeaning.isDaily(
                        new ProviderError("GenerateRequestsPerMinutePerProjectPerModel", "", "per min", 0, null)))
                .isFalse();
        assertThat(ErrorMeaning.of(
                        429,
                        new ProviderError("GenerateRequestsPerDayPerProject", "RESOURCE_EXHAUSTED", "", 429, null)))
                .isEqualTo(ErrorMeaning.RATE_LIMITED);
    }

    @Test
    void everyRowCanFit() {
        Set<String> seen = new HashSet<>();
        for (ErrorTable.Row row : ErrorTable.ROWS) {
            assertThat(row.word() + row.piece())
                    .isNotEmpty()
                    .isEqualTo((row.word() + row.piece()).toLowerCase(Locale.ROOT));
            assertThat(seen.add(row.status() + row.word() + "|" + row.piece()))
                    .as("%s", row)
                    .isTrue();
            ProviderError error = new ProviderError(row.word().replace("*", ""), "", row.piece(), 0, null);
            assertThat(ErrorMeaning.of(row.status(), error)).as("%s", row).isEqualTo(row.meaning());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorMeaning.class,
            names = {"UNKNOWN"},
            mode = EnumSource.Mode.EXCLUDE)
    void everyMeaningHasARow(ErrorMeaning meaning) {
        assertThat(ErrorTable.ROWS).extracting(ErrorTable.Row::meaning).contains(meaning);
    }

    private static ProviderError read(String body) {
        byte[] a = body.getBytes(StandardCharsets.UTF_8);
        return OpenAiError.read(a, 0, a.length);
    }
}
