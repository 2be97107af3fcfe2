package dev.tidemill.store.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.batch.run.EngineOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class BatchRoutesTest {
    private static final String ENDPOINT = "\"endpoint\":\"/v1/chat/completions\"";

    @TempDir
    Path temp;

    private final HandClock clock = new HandClock();
    private final ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.ok("fine"));
    private Node node;

    @BeforeEach
    void start() throws Exception {
        node = new Node(temp.resolve("data"), lines, EngineOptions.DEFAULT.withSpareBytes(0), clock);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
        lines.close();
    }

    @Test
    void aNewBatchHasEveryFieldThatClientsKnow() throws Exception {
        String file = node.file(Node.lines(2));
        JsonNode batch = node.batchCall(
                        Node.ALICE,
                        "{\"input_file_id\":\"" + file + "\"," + ENDPOINT
                                + ",\"completion_window\":\"24h\",\"metadata\":{\"b\":\"2\",\"a\":\"1\"},\"something\":[1]}")
                .json();
        long now = clock.instant().getEpochSecond();
        assertThat(batch.get("id").stringValue()).matches("batch_[a-z0-9]{24}");
        assertThat(batch.propertyNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "object",
                        "endpoint",
                        "model",
                        "errors",
                        "error",
                        "input_file_id",
                        "completion_window",
                        "status",
                        "progress",
                        "paused_reason",
                        "output_file_id",
                        "error_file_id",
                        "created_at",
                        "in_progress_at",
                        "expires_at",
                        "finalizing_at",
                        "completed_at",
                        "failed_at",
                        "expired_at",
                        "cancelling_at",
                        "cancelled_at",
                        "request_counts",
                        "usage",
                        "lines_without_usage",
                        "lines_possibly_charged_twice",
                        "metadata");
        assertThat(batch.get("object").stringValue()).isEqualTo("batch");
        assertThat(batch.get("created_at").longValue()).isEqualTo(now);
        assertThat(batch.get("expires_at").longValue()).isEqualTo(now + 86_400);
        assertThat(batch.get("metadata").toString()).isEqualTo("{\"b\":\"2\",\"a\":\"1\"}");
        assertThat(batch.get("request_counts").toString()).isEqualTo("{\"total\":0,\"completed\":0,\"failed\":0}");
        node.awaitEnd(batch.get("id").stringValue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    nonsense                                                                             | null               | not JSON
                    []                                                                                   | null               | not a JSON object
                    {"endpoint":"/v1/chat/completions","completion_window":"24h"}                        | input_file_id      | input_file_id
                    {"input_file_id":7,"endpoint":"/v1/chat/completions","completion_window":"24h"}      | input_file_id      | string
                    {"input_file_id":"f","completion_window":"24h"}                                      | endpoint           | endpoint
                    {"input_file_id":"f","endpoint":"/v1/embeddings","completion_window":"24h"}          | endpoint           | /v1/chat/completions
                    {"input_file_id":"f","endpoint":"/v1/chat/completions"}                              | completion_window  | completion_window
                    {"input_file_id":"f","endpoint":"/v1/chat/completions","completion_window":"0m"}     | completion_window  | 0m
                    {"input_file_id":"f","endpoint":"/v1/chat/completions","completion_window":"8d"}     | completion_window  | 8d
                    {"input_file_id":"f","endpoint":"/v1/chat/completions","completion_window":"1.5h"}   | completion_window  | 1.5h
                    {"input_file_id":"f","endpoint":"/v1/chat/completions","completion_window":"999999d"}| completion_window  | 999999d
                    {"input_file_id":"f","endpoint":"/v1/chat/completions","completion_window":"1h","metadata":{"x":1}} | metadata.x | string
                    {"input_file_id":"f","endpoint":"/v1/chat/completions","completion_window":"1h","metadata":[]} | metadata | object
                    {"input_file_id":"f","endpoint":"/v1/chat/completions","completion_window":"1h","output_expires_after":{"anchor":"now","seconds":3600}} | output_expires_after.anchor | created_at
                    {"input_file_id":"f","endpoint":"/v1/chat/completions","completion_window":"1h","output_expires_after":{"anchor":"created_at","seconds":1}} | output_expires_after.seconds | 3600
                    """)
    void aRequestOfTheWrongShapeIsRefusedAtOnce(String body, String param, String says) throws Exception {
        RecordedCall call = node.batchCall(Node.ALICE, body);
        assertThat(call.status).isEqualTo(400);
        assertThat(call.json().at("/error/param").stringValue()).isEqualTo(param);
        assertThat(call.json().at("/error/message").stringValue()).contains(says);
    }

    @Test
    void metadataHasItsLimits() throws Exception {
        StringBuilder many = new StringBuilder("\"k0\":\"v\"");
        for (int i = 1; i < 17; i++) {
            many.append(",\"k").append(i).append("\":\"v\"");
        }
        for (String bad :
                List.of(many.toString(), "\"" + "k".repeat(65) + "\":\"v\"", "\"k\":\"" + "v".repeat(513) + "\"")) {
            RecordedCall call = node.batchCall(
                    Node.ALICE,
                    "{\"input_file_id\":\"f\"," + ENDPOINT + ",\"completion_window\":\"1h\",\"metadata\":{" + bad
                            + "}}");
            assertThat(call.status).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @CsvSource({"1m,60", "90m,5400", "24h,86400", "168h,604800", "7d,604800"})
    void windowsAreWholeMinutesHoursOrDays(String window, long seconds) throws Exception {
        JsonNode batch = node.batch(node.file(Node.lines(1)), window);
        assertThat(batch.get("completion_window").stringValue()).isEqualTo(window);
        assertThat(batch.get("expires_at").longValue() - batch.get("created_at").longValue())
                .isEqualTo(seconds);
    }

    @Test
    void aMissingFileAForeignFileAndOneOfAnotherPurposeFailTheBatchAlike() throws Exception {
        String foreign = node.upload(Node.BOB, "a.jsonl", "batch", Node.line("a"))
                .json()
                .get("id")
                .stringValue();
        String other = node.upload(Node.ALICE, "a.bin", "user_data", "x")
                .json()
                .get("id")
                .stringValue();
        for (String file : List.of("file-none", foreign, other)) {
            JsonNode created = node.batch(file, "24h");
            assertThat(created.get("status").stringValue()).isEqualTo("validating");
            JsonNode batch = node.awaitEnd(created.get("id").stringValue());
            assertThat(batch.get("status").stringValue()).isEqualTo("failed");
            assertThat(batch.get("progress").intValue()).isEqualTo(100);
            JsonNode error = batch.at("/errors/data/0");
            assertThat(error.get("code").stringValue()).isEqualTo("invalid_request");
            assertThat(error.get("param").stringValue()).isEqualTo("file_id");
            assertThat(error.get("line").isNull()).isTrue();
            assertThat(batch.get("error").stringValue()).contains(file);
        }
    }

    @Test
    void anothersBatchAnswersExactlyLikeOneThatIsNotThere() throws Exception {
        String id = node.submit(Node.lines(1));
        node.awaitEnd(id);
        String unknown = "batch_" + "0".repeat(24);
        for (String suffix : List.of("", "/cancel")) {
            String method = suffix.isEmpty() ? "GET" : "POST";
            RecordedCall foreign = node.call(Node.BOB, method, "/v1/batches/" + id + suffix, "");
            RecordedCall none = node.call(Node.BOB, method, "/v1/batches/" + unknown + suffix, "");
            assertThat(foreign.status).isEqualTo(404).isEqualTo(none.status);
            assertThat(foreign.text().replace(id, unknown)).isEqualTo(none.text());
        }
        assertThat(node.get(Node.BOB, "/v1/batches").get("data").size()).isZero();
        assertThat(node.get(Node.ALICE_TOO, "/v1/batches/" + id).get("id").stringValue())
                .isEqualTo(id);
        String output = node.find(id).get("output_file_id").stringValue();
        assertThat(node.call(Node.BOB, "GET", "/v1/files/" + output + "/content", "").status)
                .isEqualTo(404);
        assertThat(node.get(Node.ALICE_TOO, "/v1/files/" + output)
                        .get("purpose")
                        .stringValue())
                .isEqualTo("batch_output");
    }

    @Test
    void aListIsNewestFirstAndPagedByCursor() throws Exception {
        String file = node.file(Node.lines(1));
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.addFirst(node.batch(file, "24h").get("id").stringValue());
            clock.forward(Duration.ofSeconds(1));
        }
        JsonNode first = node.get(Node.ALICE, "/v1/batches?limit=2");
        assertThat(first.get("has_more").booleanValue()).isTrue();
        assertThat(first.get("first_id").stringValue()).isEqualTo(ids.get(0));
        String late = node.batch(file, "24h").get("id").stringValue();
        JsonNode second = node.get(
                Node.ALICE, "/v1/batches?limit=3&after=" + first.get("last_id").stringValue());
        assertThat(second.get("data").valueStream().map(batch -> batch.get("id").stringValue()))
                .containsExactly(ids.get(2), ids.get(3), ids.get(4))
                .doesNotContain(late);
        assertThat(second.get("has_more").booleanValue()).isFalse();
        for (String bad : List.of("limit=0", "limit=101", "limit=-1", "limit=ten", "after=batch_none")) {
            assertThat(node.call(Node.ALICE, "GET", "/v1/batches?" + bad, "").status)
                    .as(bad)
                    .isEqualTo(400);
        }
    }

    @Test
    void theOutputFileExpiresWhenItWasAskedTo() throws Exception {
        JsonNode created = node.batchCall(
                        Node.ALICE,
                        "{\"input_file_id\":\"" + node.file(Node.lines(1)) + "\"," + ENDPOINT
                                + ",\"completion_window\":\"24h\",\"output_expires_after\":{\"anchor\":\"created_at\",\"seconds\":7200}}")
                .json();
        JsonNode batch = node.awaitEnd(created.get("id").stringValue());
        JsonNode output =
                node.get(Node.ALICE, "/v1/files/" + batch.get("output_file_id").stringValue());
        assertThat(output.get("expires_at").longValue()
                        - output.get("created_at").longValue())
                .isEqualTo(7_200);
    }
}
