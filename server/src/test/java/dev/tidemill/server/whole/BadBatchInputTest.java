package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What can be wrong with a file or a batch: some is told at once, some once the file was looked through. */
@Timeout(120)
class BadBatchInputTest {
    @TempDir
    static Path folder;

    private static Node node;
    private static String key;

    @BeforeAll
    static void start() throws Exception {
        node = Node.start(
                folder, ", max_file: 1MiB", "", "batch: { max_input: 100KiB, max_lines: 50, max_line: 4KiB }");
        key = node.key("caller");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String line(int number) {
        return Lines.line("line-" + number, "gpt-test", "Hi");
    }

    static List<Arguments> refusedUploads() {
        return List.of(
                Arguments.of(
                        "an empty file",
                        Multipart.batchFile("work.jsonl", ""),
                        "file",
                        "the file is empty (expected: jsonl, one JSON object a line)"),
                Arguments.of(
                        "another kind of file",
                        Multipart.batchFile("work.csv", line(1)),
                        "file",
                        "Must be .jsonl (file name: work.csv)"),
                Arguments.of(
                        "a first line that is no JSON",
                        Multipart.batchFile("work.jsonl", "custom_id,prompt\n"),
                        "file",
                        "the first line is not JSON"),
                Arguments.of(
                        "too large for a batch",
                        Multipart.batchFile("work.jsonl", "{}\n".repeat(40_000)),
                        "file",
                        "File is too large: 120000 bytes (expected: at most 102400 for purpose batch)"),
                Arguments.of("no file", new Multipart().field("purpose", "batch"), "file", "file: missing"),
                Arguments.of("no purpose", new Multipart().file("work.jsonl", line(1)), "purpose", "purpose: missing"),
                Arguments.of(
                        "an unknown purpose",
                        new Multipart().field("purpose", "bach").file("work.jsonl", line(1)),
                        "purpose",
                        "purpose: bach (expected: one of"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedUploads")
    void anUploadIsRefusedAtOnce(String what, Multipart form, String param, String words) throws Exception {
        Answer answer = node.upload(key, form);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("content-type")).startsWith("application/json");
        assertThat(answer.error("type")).isEqualTo("invalid_request_error");
        assertThat(answer.error("param")).isEqualTo(param);
        assertThat(answer.error("message")).contains(words);
    }

    @Test
    void anUploadThatIsNoFormIsRefused() throws Exception {
        Answer answer = node.ask("POST", "/v1/files", key, "{}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error("message"))
                .contains("content-type: application/json (expected: multipart/form-data with the fields");
    }

    @Test
    void aFileOverTheLimitIsTooLarge() throws Exception {
        Answer answer = node.upload(
                key, new Multipart().field("purpose", "user_data").file("big.txt", "x".repeat((1 << 20) + 1)));

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.error("message")).contains("1048576");
    }

    static List<Arguments> failedBatches() {
        String good = line(1) + "\n";
        String two = line(2) + "\n";
        return List.of(
                Arguments.of(
                        "line 3 of 5",
                        good + two + "{\"custom_id\":\n" + line(4) + "\n" + line(5) + "\n",
                        3,
                        "invalid_json_line",
                        null),
                Arguments.of("blank lines count, too", good + "\n\n" + "not json\n", 4, "invalid_json_line", null),
                Arguments.of("a custom_id twice", good + two + good, 3, "duplicate_custom_id", "custom_id"),
                Arguments.of(
                        "no custom_id",
                        good + two.replace("\"custom_id\":\"line-2\",", ""),
                        2,
                        "missing_required_parameter",
                        "custom_id"),
                Arguments.of(
                        "no url",
                        good + two.replace("\"url\":\"/v1/chat/completions\",", ""),
                        2,
                        "missing_required_parameter",
                        "url"),
                Arguments.of(
                        "another endpoint",
                        good + two.replace("chat/completions", "embeddings"),
                        2,
                        "invalid_url",
                        "url"),
                Arguments.of("no POST", good + two.replace("POST", "GET"), 2, "invalid_method", "method"),
                Arguments.of(
                        "no model",
                        good + two.replace("\"model\":\"gpt-test\",", ""),
                        2,
                        "invalid_request",
                        "body.model"),
                Arguments.of(
                        "no messages",
                        good + two.replace("messages", "message"),
                        2,
                        "invalid_request",
                        "body.messages"),
                Arguments.of(
                        "a stream",
                        good + two.replace("\"messages\"", "\"stream\":true,\"messages\""),
                        2,
                        "streaming_unsupported",
                        "body.stream"),
                Arguments.of(
                        "two models", good + two.replace("gpt-test", "renamed"), 2, "model_mismatch", "body.model"),
                Arguments.of(
                        "a line that is too long",
                        good + two.replace("Hi", "Hi".repeat(3_000)),
                        2,
                        "line_too_long",
                        null),
                Arguments.of("too many lines", Lines.of(51, "gpt-test"), 0, "too_many_tasks", null));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failedBatches")
    void aFileThatIsFaultyFailsItsBatchAsAWhole(String what, String text, int at, String code, String param)
            throws Exception {
        node.simulator.reset();
        JsonNode batch = node.ended(key, node.batch(key, node.upload(key, text)));

        assertThat(batch.path("status").asString()).isEqualTo("failed");
        JsonNode fault = batch.at("/errors/data/0");
        assertThat(batch.at("/errors/data").size()).isEqualTo(1);
        assertThat(fault.path("code").asString()).isEqualTo(code);
        assertThat(fault.path("line").asInt(0)).isEqualTo(at);
        assertThat(fault.path("param").asString(null)).isEqualTo(param);
        assertThat(batch.path("error").asString())
                .startsWith(at == 0 ? "The input file was refused: " : "The input file was refused: line " + at + ": ");
        assertThat(batch.path("failed_at").isNumber()).isTrue();
        assertThat(batch.path("output_file_id").isNull()).isTrue();
        assertThat(node.simulator.requests()).isEmpty();
    }

    @Test
    void aFileOfBlankLinesFailsItsBatchAsEmpty() throws Exception {
        JsonNode batch = node.ended(key, node.batch(key, node.upload(key, "\n  \n\r\n")));

        assertThat(batch.path("status").asString()).isEqualTo("failed");
        assertThat(batch.at("/errors/data/0/code").asString()).isEqualTo("empty_file");
    }

    @Test
    void aModelTheKeyMayNotUseFailsTheBatch() throws Exception {
        String narrow = node.key("narrow", ",\"models\":[\"gpt-*\"]");
        String text = Lines.of(2, "renamed");
        JsonNode batch = node.ended(narrow, node.batch(narrow, node.upload(narrow, text)));

        assertThat(batch.path("status").asString()).isEqualTo("failed");
        assertThat(batch.at("/errors/data").size()).isEqualTo(2);
        assertThat(batch.at("/errors/data/1/code").asString()).isEqualTo("model_not_found");
        assertThat(batch.at("/errors/data/1/line").asInt()).isEqualTo(2);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "a bad window|{'input_file_id':'f','endpoint':'/v1/chat/completions','completion_window':'24'}|completion_window|completion_window: 24 (expected: a whole number of minutes, hours or days from 1m to 7d, as 24h)",
                "a window over the limit|{'input_file_id':'f','endpoint':'/v1/chat/completions','completion_window':'8d'}|completion_window|completion_window: 8d (expected:",
                "an unknown endpoint|{'input_file_id':'f','endpoint':'/v1/chat','completion_window':'24h'}|endpoint|endpoint: /v1/chat (expected: one of /v1/chat/completions",
                "no endpoint|{'input_file_id':'f','completion_window':'24h'}|endpoint|Missing required parameter: 'endpoint'.",
                "no file|{'endpoint':'/v1/chat/completions','completion_window':'24h'}|input_file_id|Missing required parameter: 'input_file_id'.",
                "metadata that is no text|{'input_file_id':'f','endpoint':'/v1/chat/completions','completion_window':'24h','metadata':{'a':1}}|metadata.a|Invalid type for 'metadata.a': expected a string.",
                "no object|[]||The body is not a JSON object",
                "no JSON|{||The body is not JSON"
            })
    void aRequestForABatchIsRefusedAtOnce(String what, String body, String param, String words) throws Exception {
        Answer answer = node.ask("POST", "/v1/batches", key, body.replace('\'', '"'));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error("type")).isEqualTo("invalid_request_error");
        assertThat(answer.error("param")).isEqualTo(param);
        assertThat(answer.error("message")).contains(words.replace("''", "'"));
    }

    @Test
    void aBatchOfAFileThatIsNotThereFails() throws Exception {
        JsonNode batch = node.ended(key, node.batch(key, "file-that-never-was"));

        assertThat(batch.path("status").asString()).isEqualTo("failed");
        assertThat(batch.at("/errors/data/0/code").asString()).isEqualTo("invalid_request");
        assertThat(batch.at("/errors/data/0/param").asString()).isEqualTo("file_id");
        assertThat(batch.at("/errors/data/0/line").isNull()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {"GET /v1/files/%s", "GET /v1/files/%s/content", "DELETE /v1/files/%s", "GET /v1/files?after=%s"})
    void somebodyElsesFileIsLikeOneThatNeverWas(String request) throws Exception {
        String theirs = node.upload(node.key("neighbour"), line(1) + "\n");

        sameBut(theirs, request);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"GET /v1/batches/%s", "POST /v1/batches/%s/cancel", "GET /v1/batches?after=%s"})
    void somebodyElsesBatchIsLikeOneThatNeverWas(String request) throws Exception {
        String neighbour = node.key("neighbour");
        String theirs = node.batch(neighbour, node.upload(neighbour, line(1) + "\n"));

        sameBut(theirs, request);
        assertThat(node.ended(neighbour, theirs).path("status").asString()).isEqualTo("completed");
    }

    /** Status, headers and body, but for the id itself, the request's own and the date. */
    private static void sameBut(String theirs, String request) throws IOException {
        String unknown = theirs.substring(0, theirs.length() - 8) + "zzzzzzzz";
        String[] parts = request.split(" ");
        Answer foreign = node.ask(parts[0], parts[1].formatted(theirs), key, null);
        Answer never = node.ask(parts[0], parts[1].formatted(unknown), key, null);

        assertThat(foreign.status()).isIn(400, 404).isEqualTo(never.status());
        assertThat(foreign.body()).contains(theirs).isEqualTo(never.body().replace(unknown, theirs));
        assertThat(steady(foreign)).isNotEmpty().isEqualTo(steady(never));
    }

    private static List<String> steady(Answer answer) {
        return answer.headers().stream()
                .filter(header -> !header.startsWith("x-request-id:") && !header.startsWith("date:"))
                .toList();
    }

    @Test
    void somebodyElsesFileCannotBeTheInputOfABatch() throws Exception {
        String theirs = node.upload(node.key("neighbour"), line(1) + "\n");
        JsonNode foreign = node.ended(key, node.batch(key, theirs));
        JsonNode never = node.ended(key, node.batch(key, "file-that-never-was"));

        assertThat(foreign.path("status").asString()).isEqualTo("failed");
        assertThat(foreign.path("errors").toString().replace(theirs, "file-that-never-was"))
                .isEqualTo(never.path("errors").toString());
    }
}
