package dev.tidemill.store.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class FaultyInputTest {
    @TempDir
    Path temp;

    private List<String> faults(String content) throws Exception {
        try (ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.ok("fine"));
                Node node = Node.start(temp.resolve("data"), lines)) {
            JsonNode batch = node.awaitEnd(node.submit(content));
            List<String> faults = new ArrayList<>();
            if (!batch.get("errors").isNull()) {
                assertThat(batch.get("status").stringValue()).isEqualTo("failed");
                assertThat(lines.sends.get()).isZero();
                batch.at("/errors/data")
                        .forEach(fault -> faults.add(
                                fault.get("line") + " " + fault.get("code").stringValue() + " " + fault.get("param")));
            }
            return faults;
        }
    }

    @Test
    void everyFaultyLineIsToldByItsPhysicalNumber() throws Exception {
        String content =
                Node.line("a") + "\r\n\r\n" + Node.line("b") + "\n{\"custom_id\": \"c\", \n" + Node.line("a") + "\n"
                        + Node.line("d").replace("m1", "x9") + "\n"
                        + Node.line("e").replace("\"POST\"", "\"GET\"") + "\n"
                        + Node.line("f").replace("\"model\":\"m1\"", "\"model\":\"m1\",\"stream\":true") + "\n"
                        + Node.line("g").replace("/v1/chat/completions", "/v1/embeddings") + "\n"
                        + "{\"custom_id\":\"h\",\"method\":\"POST\",\"body\":{}}\n"
                        + "[1]\n   \n"
                        + Node.line("i").replace("\"messages\"", "\"massages\"");
        assertThat(faults(content))
                .containsExactly(
                        "4 invalid_json_line null",
                        "5 duplicate_custom_id \"custom_id\"",
                        "6 model_mismatch \"body.model\"",
                        "7 invalid_method \"method\"",
                        "8 streaming_unsupported \"body.stream\"",
                        "9 invalid_url \"url\"",
                        "10 missing_required_parameter \"url\"",
                        "11 invalid_json_line null",
                        "13 invalid_request \"body.messages\"");
    }

    @Test
    void anUnknownModelIsToldForEachLine() throws Exception {
        assertThat(faults(Node.lines(2).replace("m1", "x9")))
                .containsExactly("1 model_not_found \"body.model\"", "2 model_not_found \"body.model\"");
    }

    @Test
    void aThousandFaultsAreListedAndTheOthersCounted() throws Exception {
        List<String> faults = faults("{}\n" + "{}\n".repeat(1_499));
        assertThat(faults).hasSize(1_001);
        assertThat(faults.getLast()).isEqualTo("null too_many_errors null");
    }

    @Test
    void moreThanFiftyThousandRequestsAreTooMany() throws Exception {
        assertThat(faults(Node.lines(50_001))).containsExactly("null too_many_tasks null");
    }

    @Test
    void marksCarriageReturnsBlankLinesAndAMissingLastLineFeedAreFine() throws Exception {
        assertThat(faults("\uFEFF" + Node.line("a") + "\r\n\r\n \n" + Node.line("ü 漢 \\u00e9 \\\" 😀")))
                .isEmpty();
    }

    @Test
    void aCustomIdIsEchoedByteForByte() throws Exception {
        String odd = "\\u0061\\/ü\\ud83d\\ude00 \\ud800 <b>";
        try (ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.ok("fine"));
                Node node = Node.start(temp.resolve("data"), lines)) {
            JsonNode batch = node.awaitEnd(
                    node.submit(Node.line("x").replace("\"custom_id\":\"x\"", "\"custom_id\" : \"" + odd + "\" ")));
            String output = node.call(
                            Node.ALICE,
                            "GET",
                            "/v1/files/" + batch.get("output_file_id").stringValue() + "/content",
                            "")
                    .text();
            assertThat(output).contains("\"custom_id\":\"" + odd + "\",\"response\"");
        }
    }
}
