package dev.tidemill.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Seeds;
import dev.tidemill.wire.dialect.RequestException;
import dev.tidemill.wire.json.Edits;
import dev.tidemill.wire.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ChatRequestEditsTest {
    private final ChatRequest request = new ChatRequest();
    private final Edits edits = new Edits();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {"model":"m"}                                              | {"stream_options":{"include_usage":true},"model":"m"}
            {"model":"m","stream_options":null}                        | {"model":"m","stream_options":{"include_usage":true}}
            {"model":"m","stream_options":{}}                          | {"model":"m","stream_options":{"include_usage":true}}
            {"model":"m","stream_options":{ }}                         | {"model":"m","stream_options":{"include_usage":true }}
            {"model":"m","stream_options":{ "x" : 1}}                  | {"model":"m","stream_options":{"include_usage":true, "x" : 1}}
            {"model":"m","stream_options":{"include_usage": false}}    | {"model":"m","stream_options":{"include_usage": true}}
            {"model":"m","stream_options":{"include_usage":null,"x":{}}} | {"model":"m","stream_options":{"include_usage":true,"x":{}}}
            {"model":"m","stream_options":{"include_usage":true}}      | {"model":"m","stream_options":{"include_usage":true}}
            """)
    void usageIsAskedForInEveryForm(String body, String expected) throws RequestException {
        byte[] a = ("  " + body).getBytes(StandardCharsets.UTF_8);
        request.scan(a, 2, a.length);
        request.askUsage(edits);
        assertThat(apply(a, 2)).isEqualTo(expected);
        byte[] after = expected.getBytes(StandardCharsets.UTF_8);
        request.scan(after, 0, after.length);
        assertThat(request.usageAsked()).isTrue();
    }

    @Test
    void theModelIsReplacedAndNothingElse() throws RequestException {
        byte[] a = "x{ \"a\" : \"model\",\n \"model\" : \"old\\u0021\" , \"b\":1e2}x".getBytes(StandardCharsets.UTF_8);
        request.scan(a, 1, a.length - 1);
        request.replaceModel(edits, JsonText.quote("new \"one\""));
        byte[] body = new byte[a.length - 2];
        System.arraycopy(a, 1, body, 0, body.length);
        byte[] out = new byte[edits.size(body.length)];
        edits.writeTo(body, 0, body.length, out, 0);
        assertThat(new String(out, StandardCharsets.UTF_8))
                .isEqualTo("{ \"a\" : \"model\",\n \"model\" : \"new \\\"one\\\"\" , \"b\":1e2}");
    }

    /** Fields in any order and spelling: what Jackson reads afterwards is what it reads before, with the two changes made in the tree. */
    @Test
    void randomRequestsChangeAsTheTreeChanges() throws RequestException {
        RandomGenerator random = Seeds.random(getClass());
        JsonMapper jackson = new JsonMapper();
        String[] options = {
            null,
            "null",
            "{}",
            "{ \n}",
            "{\"include_usage\":false}",
            "{\"a\":[1,{}],\"include_usage\" :null }",
            "{\"include_obfuscation\":false}",
            "{\"include_usage\":true}",
            "{\"includ\\u0065_usage\":false}"
        };
        String[] others = {
            "\"messages\":[{\"role\":\"user\",\"content\":\"\\\"model\\\":\\\"x\\\" 你好\"}]",
            "\"n\" : 1",
            "\"tools\":[]",
            "\"ü\":{\"model\":1}"
        };
        for (int round = 0; round < 3_000; round++) {
            List<String> fields = new ArrayList<>(List.of(others));
            fields.add((random.nextBoolean() ? "\"model\"" : "\"\\u006dodel\" ") + ":\t\"m" + random.nextInt(3) + "\"");
            String option = options[random.nextInt(options.length)];
            if (option != null) {
                fields.add("\"stream_options\": " + option);
            }
            Collections.shuffle(fields, new Random(random.nextLong()));
            String space = random.nextBoolean() ? "" : " \n";
            String body = space + "{" + space + String.join(space + "," + space, fields) + space + "}" + space;
            byte[] a = body.getBytes(StandardCharsets.UTF_8);
            edits.clear();
            request.scan(a, 0, a.length);
            Edits attempt = new Edits();
            request.askUsage(edits);
            request.replaceModel(attempt, JsonText.quote("other"));
            edits.addAll(attempt);
            ObjectNode tree = (ObjectNode) jackson.readTree(body);
            tree.put("model", "other");
            if (!(tree.get("stream_options") instanceof ObjectNode)) {
                tree.putObject("stream_options");
            }
            ((ObjectNode) tree.get("stream_options")).put("include_usage", true);
            assertThat(jackson.readTree(apply(a, 0))).as(body).isEqualTo(tree);
        }
    }

    private String apply(byte[] a, int from) {
        byte[] out = new byte[edits.size(a.length - from)];
        edits.writeTo(a, from, a.length, out, 0);
        return new String(out, StandardCharsets.UTF_8);
    }
}
