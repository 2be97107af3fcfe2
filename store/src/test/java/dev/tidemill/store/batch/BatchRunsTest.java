package dev.tidemill.store.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BatchRunsTest {
    @TempDir
    Path temp;

    @Test
    void everyLineOfABatchIsAnsweredOnceAndTheObjectSaysSo() throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.ok("hi"));
                Node node = Node.start(temp.resolve("data"), lines)) {
            JsonNode created = node.batch(node.file(Node.lines(1_000)), "24h");
            assertThat(created.get("status").stringValue()).isEqualTo("validating");
            assertThat(created.get("progress").intValue()).isZero();
            JsonNode batch = node.awaitEnd(created.get("id").stringValue());
            assertThat(batch.get("status").stringValue()).isEqualTo("completed");
            assertThat(batch.get("progress").intValue()).isEqualTo(100);
            assertThat(batch.get("model").stringValue()).isEqualTo("m1");
            assertThat(batch.get("request_counts").toString())
                    .isEqualTo("{\"total\":1000,\"completed\":1000,\"failed\":0}");
            assertThat(batch.get("usage").toString())
                    .isEqualTo("{\"input_tokens\":10000,\"input_tokens_details\":{\"cached_tokens\":3000},"
                            + "\"output_tokens\":5000,\"output_tokens_details\":{\"reasoning_tokens\":2000},"
                            + "\"total_tokens\":15000}");
            assertThat(batch.get("error_file_id").isNull()).isTrue();
            Map<String, JsonNode> output = node.output(batch);
            assertThat(output).hasSize(1_000);
            assertThat(output.keySet()).startsWith("id-0", "id-1", "id-2");
            JsonNode first = output.get("id-0");
            assertThat(first.get("id").stringValue()).startsWith("batch_req_");
            assertThat(first.get("error").isNull()).isTrue();
            assertThat(first.get("response").get("status_code").intValue()).isEqualTo(200);
            assertThat(first.at("/response/body/choices/0/message/content").stringValue())
                    .isEqualTo("hi");
            assertThat(lines.mostInFlight.get()).isLessThanOrEqualTo(64);
            assertThat(lines.sends.get()).isEqualTo(1_000);
        }
    }

    @Test
    void tenThousandLinesArePrintedWithTheirRate() throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.ok("x".repeat(1_000)));
                Node node = Node.start(temp.resolve("data"), lines)) {
            long start = System.nanoTime();
            JsonNode batch = node.awaitEnd(node.submit(Node.lines(10_000)));
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertThat(batch.at("/request_counts/completed").intValue()).isEqualTo(10_000);
            System.out.println(
                    "10,000 lines in " + took.toMillis() + " ms: " + 10_000_000 / took.toMillis() + " lines/s");
        }
    }
}
