package dev.tidemill.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemill.wire.dialect.Asked;
import dev.tidemill.wire.dialect.Asked.Span;
import dev.tidemill.wire.dialect.Asked.State;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.json.Edits;
import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonException;
import dev.tidemill.wire.json.JsonScanner;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponsesRequestTest {
    private final ResponsesRequest request = new ResponsesRequest();

    @Test
    void theFieldsARelayNeeds() throws RequestException {
        String body =
                "{\"model\":\"gpt-x\",\"stream\":true,\"max_output_tokens\":99,\"input\":\"hi\",\"tools\":[],\"store\":false}";
        Asked asked = read(body);
        assertThat(asked.model()).isEqualTo("gpt-x");
        assertThat(body.substring(asked.modelFrom(), asked.modelTo())).isEqualTo("\"gpt-x\"");
        assertThat(asked.stream()).isTrue();
        assertThat(asked.choices()).isEqualTo(1);
        assertThat(asked.maxOutput()).isEqualTo(99);
        assertThat(asked.usageEdits()).isNull();
        assertThat(text(body, asked.prompt())).isEqualTo("\"hi\"");
        assertThat(text(body, asked.tools())).isEqualTo("[]");
        assertThat(asked.state()).isNull();
    }

    @Test
    void instructionsComeBeforeTheInput() throws RequestException {
        String body = "{\"model\":\"m\",\"input\":\"hi\",\"instructions\":\"be brief\"}";
        assertThat(text(body, read(body).prompt())).isEqualTo("\"be brief\"");
        assertThat(read("{\"model\":\"m\"}").prompt()).isEqualTo(Span.NONE);
    }

    @Test
    void anAnswerIsStoredUnlessTheClientSaysNo() throws RequestException {
        assertThat(read("{\"model\":\"m\"}").state()).isEqualTo(new State(null, null, false, null, true));
        assertThat(read("{\"model\":\"m\",\"store\":null}").state())
                .isEqualTo(new State(null, null, false, null, true));
        assertThat(read("{\"model\":\"m\",\"previous_response_id\":\"resp_1\",\"store\":false}")
                        .state())
                .isEqualTo(new State("resp_1", null, false, null, false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            "conversation":"conv_1"                                                                    | conversation
            "conversation":{"id":"conv_1"}                                                             | conversation
            "prompt":{"id":"pmpt_1","variables":{}}                                                    | prompt.id
            "input":[{"role":"user","content":[{"type":"input_file","file_id":"file-1"}]}]             | file_id
            "input":[{"type":"item_reference","id":"msg_1"}]                                           | item_reference
            "input":[{"role":"user","content":"x"}, {"id" : "msg_1"}]                                   | item_reference
            "input":[{"id":"msg_1","type":null}]                                                       | item_reference
            "input":[{"type":null,"id":"msg_1","role":null,"content":"x"}]                             | item_reference
            "input":[{"id":"msg_1","role":"user"}]                                                     | item_reference
            "input":[{"\\u0069d":"msg_1"}]                                                             | item_reference
            "input":[{"id":"msg_1","role":"assistant","content":"x"},{"id":null}]                      |
            "input":[{"id":"fc_1","type":"function_call"},{"id":"rs_1","type":"reasoning"},"id"]       |
            "input":[{"type":"tool_search_output","tools":[{"id":"x"}]},{"content":[{"id":"x"}]}]       |
            "input":[{"type":"code_interpreter_call","container_id" : "c"}]                            | container_id
            "tools":[{"type":"file_search","vector_store_ids":["vs_1"]}]                               | vector_store_ids
            "tools":[{"type":"code_interpreter","container":{"type":"auto","file_ids":[ "f" ]}}]       | file_ids
            "tools":[{"type":"code_interpreter","container":"cntr_1"}]                                 | container
            "tools":[{"type":"shell","environment":{"skills":[{"skill_id":"s"}]}}]                     | skill_id
            "input":[{"content":"\\"file_id\\":\\"x\\""}],"metadata":{"file_id":"mine"}                |
            "input":"item_reference file_id"                                                           |
            "input":[{"content":"item_reference"},{"content":"file_id"},{"call_id":"c","_id":"d"}]     |
            "tools":[{"type":"code_interpreter","container":{"type":"auto","file_ids":[]}}]            |
            "tools":[{"parameters":{"properties":{"file_id":{"type":"string"},"container":{}},"required":["file_id"]}}] |
            "conversation":null,"prompt":null                                                          |
            """)
    void whatAProviderHoldsIsNamed(String field, String foreign) throws RequestException {
        State state = read("{\"model\":\"m\"," + field + "}").state();
        assertThat(state).isNotNull();
        assertThat(state.foreign()).isEqualTo(foreign);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"background\":true,\"model\":\"m\",\"input\":\"background\"}",
                "{\"model\":\"m\",\"background\":true,\"input\":\"background\"}",
                "{\"model\":\"m\",\"input\":\"background\",\"background\":true}",
                "{ \"model\" : \"m\" , \"background\" : true , \"input\" : \"background\" }",
                "{ \"model\" : \"m\" , \"input\" : \"background\" , \"background\" : true }",
                "{\"model\":\"m\",\"stream\":false,\"background\":true,\"input\":\"background\"}",
                "{\"background\":true,\"stream\":null,\"model\":\"m\",\"input\":\"background\"}",
                "{\"model\":\"m\",\"input\":\"background\",\"stream\":true,\"background\":true}",
                "{\"model\":\"m\",\"input\":\"background\"\n,\n\"b\\u0061ckground\"\n:\ntrue\n}",
            })
    void aStreamCanBeAskedForInPlaceOfTheBackground(String body) throws RequestException, JsonException {
        State state = read(body).state();
        assertThat(state).isNotNull();
        assertThat(state.background()).isTrue();
        Edits edits = state.withoutBackground();
        assertThat(edits).isNotNull();
        byte[] a = ("xx" + body).getBytes(StandardCharsets.UTF_8);
        byte[] changed = new byte[edits.size(a.length - 2)];
        edits.writeTo(a, 2, a.length, changed, 0);
        JsonScanner scanner = new JsonScanner(FieldTable.of("model", "input", "background"), 4);
        scanner.scan(changed, 0, changed.length);
        assertThat(scanner.kind(0).words()
                        + scanner.kind(1).words()
                        + scanner.kind(2).words())
                .isEqualTo("a stringa stringnothing");
        assertThat(read(new String(changed, StandardCharsets.UTF_8)).stream()).isTrue();
        assertThat(read(new String(changed, StandardCharsets.UTF_8)).state())
                .isEqualTo(new State(null, null, false, null, true));
    }

    @Test
    void noWishForTheBackgroundNeedsNoChange() throws RequestException {
        assertThat(read("{\"model\":\"m\",\"background\":false}").state())
                .isEqualTo(new State(null, null, false, null, true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {"model":"m"                               | invalid_json               |
            []                                         | invalid_type               |
            {}                                         | missing_required_parameter | model
            {"model":7}                                | invalid_type               | model
            {"model":""}                               | invalid_value              | model
            {"model":"m","model":"n"}                  | duplicate_parameter        | model
            {"model":"m","store":true,"st\\u006fre":false} | duplicate_parameter    | store
            {"model":"m","input":[{"id":"msg_1","type":"message","type":null}]} | duplicate_parameter | input[].type
            {"model":"m","stream":"yes"}               | invalid_type               | stream
            {"model":"m","background":1}               | invalid_type               | background
            {"model":"m","store":"no"}                 | invalid_type               | store
            {"model":"m","max_output_tokens":0}        | invalid_value              | max_output_tokens
            {"model":"m","max_output_tokens":1.5}      | invalid_value              | max_output_tokens
            {"model":"m","max_output_tokens":"9"}      | invalid_type               | max_output_tokens
            {"model":"m","previous_response_id":9}     | invalid_type               | previous_response_id
            {"model":"m","previous_response_id":""}    | invalid_value              | previous_response_id
            """)
    void whatTheClientHasToChange(String body, String code, String param) {
        RequestException e = catchThrowableOfType(RequestException.class, () -> read(body));
        assertThat(e.code()).isEqualTo(code);
        assertThat(e.param()).isEqualTo(param);
        assertThat(e.getMessage()).contains("(expected: ");
    }

    private static String text(String body, Span span) {
        return body.substring(span.from(), span.to());
    }

    private Asked read(String body) throws RequestException {
        byte[] a = ("xx" + body).getBytes(StandardCharsets.UTF_8);
        return request.read(a, 2, a.length);
    }
}
