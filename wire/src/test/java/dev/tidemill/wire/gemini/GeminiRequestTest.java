package dev.tidemill.wire.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemill.wire.dialect.Asked;
import dev.tidemill.wire.dialect.Asked.Span;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.dialect.RequestReader;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeminiRequestTest {
    private final RequestReader reader = GeminiDialect.EVENTS.requestReader();

    @ParameterizedTest
    @CsvSource(textBlock = """
            systemInstruction,  generationConfig,  maxOutputTokens,   candidateCount
            system_instruction, generation_config, max_output_tokens, candidate_count
            """)
    void allThatIsRead(String system, String config, String max, String candidates) throws RequestException {
        String body = "{\"contents\":[{\"parts\":[]}],\"" + system
                + "\":{\"parts\":[{\"text\":\"Be brief\"}]},\"tools\":[{}],\"" + config + "\":{\"" + max + "\":1024,\""
                + candidates + "\":3}}";
        Asked asked = read(body);
        assertThat(asked.model()).isEmpty();
        assertThat(asked.modelFrom()).isEqualTo(-1);
        assertThat(asked.stream()).isFalse();
        assertThat(asked.choices()).isEqualTo(3);
        assertThat(asked.maxOutput()).isEqualTo(1024);
        assertThat(asked.usageEdits()).isNull();
        assertThat(text(body, asked.prompt())).isEqualTo("{\"parts\":[{\"text\":\"Be brief\"}]}");
        assertThat(text(body, asked.tools())).isEqualTo("[{}]");
        assertThat(asked.state()).isNull();
        assertThat(asked.at("gemini-x", true).stream()).isTrue();
    }

    @Test
    void whatIsAbsentHasItsDefault() throws RequestException {
        read("{\"generationConfig\":{\"candidateCount\":2,\"maxOutputTokens\":5}}");
        for (String rest : new String[] {"", ",\"generationConfig\":null", ",\"generationConfig\":{}"}) {
            String body = "{\"contents\":[1]" + rest + "}";
            Asked asked = read(body);
            assertThat(asked.choices()).isEqualTo(1);
            assertThat(asked.maxOutput()).isEqualTo(-1);
            assertThat(text(body, asked.prompt())).isEqualTo("[1]");
            assertThat(asked.tools()).isEqualTo(Span.NONE);
        }
        String embed = "{\"content\":{\"parts\":[]}}";
        assertThat(text(embed, read(embed).prompt())).isEqualTo("{\"parts\":[]}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {"cachedContent":"cachedContents/x"}                                                             | cachedContent
            {"cached_content":"cachedContents/x"}                                                            | cachedContent
            {"generateContentRequest":{"model":"models/m","cachedContent":"cachedContents/x"}}               | cachedContent
            {"generate_content_request":{"cached_content":"cachedContents/x"}}                               | cachedContent
            {"requests":[{"content":{"parts":[{"fileData":{"fileUri":"files/x"}}]}}]}                        | fileData.fileUri
            {"tools":[{"fileSearch":{"fileSearchStoreNames":["fileSearchStores/x"]}}]}                       | fileSearchStoreNames
            {"tools":[{},{"file_search":{"file_search_store_names" : [ "fileSearchStores/x" ]}}]}            | fileSearchStoreNames
            {"tools":[{"fileSearch":{"\\u0066ileSearchStoreNames":["fileSearchStores/x"]}}]}                 | fileSearchStoreNames
            {"generateContentRequest":{"tools":[{"fileSearch":{"fileSearchStoreNames":["x"]}}]}}             | fileSearchStoreNames
            {"tools":[{"fileSearch":{"fileSearchStoreNames":[]}}]}                                           | -
            {"tools":[{"functionDeclarations":[{"parameters":{"fileSearchStoreNames":{"type":"STRING"}}}]}]} | -
            {"cachedContent":null}                                                                           | -
            {"cachedContent":""}                                                                             | -
            {"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/x"}}              | fileData.fileUri
            {"file_data":{"file_uri" : "https:\\/\\/generativelanguage.googleapis.com\\/v1beta\\/files\\/x"}} | fileData.fileUri
            {"fileData":{"fileUri":"files/x"}}                                                               | fileData.fileUri
            {"fileData":{"fileUri":"https://www.youtube.com/watch?v=x"}}                                     | -
            {"fileData":{"fileUri":"gs://bucket/generativelanguage"}}                                        | -
            {"fileData":{"fileUri":7}}                                                                       | -
            {"text":"\\"fileUri\\":\\"files/x\\" eU _u","notfile_uri":"files/x"}                             | -
            {"text":"eU"}                                                                                    | -
            """)
    void whatOnlyOneProviderHas(String body, String foreign) throws RequestException {
        Asked asked = read(body);
        if (foreign.equals("-")) {
            assertThat(asked.state()).isNull();
        } else {
            assertThat(asked.state()).isEqualTo(new Asked.State(null, foreign, false, null, false));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            []                                              | -                  | request body: an array (expected: an object)
            {"contents":[],"contents":[]}                   | contents           | contents: a second one at byte 26 (expected: one)
            {"systemInstruction":{},"system_instruction":{}} | system_instruction | system_instruction: a second one at byte 45 (expected: one)
            {"system_instruction":{},"systemInstruction":{}} | systemInstruction  | systemInstruction: a second one at byte 45 (expected: one)
            {"requests":[{"model":"models/a"},{"model":"models/b"}]} | requests[].model | requests[].model: "models/b" at byte 43 (expected: 'models/a', as the request says before)
            {"model":"a","requests":[{"mod\\u0065l":"b"}]} | requests[].model  | requests[].model: "b" at byte 39 (expected: 'models/a', as the request says before)
            {"requests":[{"model":"a","mod\\u0065l":"b"}]} | requests[].model  | requests[].model: a second one at byte 39 (expected: one)
            {"requests":[{"model":7}]}                      | requests[].model   | requests[].model: a number at byte 22 (expected: a string)
            {"generateContentRequest":[]}                   | generateContentRequest | generateContentRequest: an array at byte 26 (expected: an object)
            {"generationConfig":7}                          | generationConfig   | generationConfig: a number at byte 20 (expected: an object)
            {"generation_config":{"candidateCount":0}}      | generationConfig.candidateCount | generationConfig.candidateCount: 0 at byte 39 (expected: a whole number, 1 to 128)
            {"generationConfig":{"maxOutputTokens":"9"}}    | generationConfig.maxOutputTokens | generationConfig.maxOutputTokens: a string at byte 39 (expected: a whole number, 1 to 100000000)
            """)
    void whatTheClientHasToChange(String body, String param, String message) {
        RequestException fault = catchThrowableOfType(RequestException.class, () -> read(body));
        assertThat(fault.param()).isEqualTo(param.equals("-") ? null : param);
        assertThat(fault.getMessage()).isEqualTo(message);
    }

    @Test
    void whereverTheModelIsNamedInTheBody() throws RequestException {
        String body = "{\"model\":\"m\",\"generateContentRequest\":{\"model\":\"models/m\"},\"requests\":[ "
                + "{\"model\" : \"models/m\",\"content\":{}} , 7, {\"content\":{}},{\"mod\\u0065l\":\"models\\/m\"}]}";
        Asked asked = read(body);
        assertThat(asked.model()).isEqualTo("m");
        assertThat(asked.names())
                .extracting(name -> text(body, name))
                .containsExactly("\"m\"", "\"models/m\"", "\"models/m\"", "\"models\\/m\"");
        assertThat(read("{\"requests\":[{\"content\":{}}]}").names()).isEmpty();
        assertThat(text(body, asked.prompt())).startsWith("[ {").endsWith("]");
    }

    @Test
    void moreNamesThanABodyMayHave() {
        String one = "{\"model\":\"m\"}";
        String many = (one + ",").repeat(GeminiRequest.MAX_REQUESTS);
        assertThat(catchThrowableOfType(RequestException.class, () -> read("{\"requests\":[" + many + one + "]}"))
                        .param())
                .isEqualTo("requests");
    }

    private Asked read(String body) throws RequestException {
        String before = "\"fileUri\":\"files/x\"  ";
        byte[] a = (before + body + "eU").getBytes(StandardCharsets.UTF_8);
        return reader.read(a, before.length(), a.length - 2);
    }

    private static String text(String body, Span span) {
        return body.substring(span.from(), span.to());
    }
}
