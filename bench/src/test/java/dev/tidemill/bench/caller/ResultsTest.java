package dev.tidemill.bench.caller;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ResultsTest {
    @TempDir
    Path folder;

    @Test
    void eachLineOnceWithFittingCountsIsFaultless() {
        Results results = new Results(2, 1, Map.of("line-000000", 1, "line-000001", 1, "line-000002", 1));
        assertThat(results.faults(input(3), batch(3, 2, 1))).isEmpty();
    }

    @Test
    void lineWithoutResultAndLineWithTwoAreNamed() {
        Results results = new Results(3, 0, Map.of("line-000000", 2, "line-000001", 1));
        assertThat(results.faults(input(3), batch(3, 3, 0)))
                .containsExactly(
                        "1 custom_ids without a result: line-000002", "1 custom_ids with several results: line-000000");
    }

    @Test
    void lineNobodyAskedForIsCounted() {
        Results results = new Results(2, 0, Map.of("line-000000", 1, "other", 1));
        assertThat(results.faults(input(1), batch(1, 2, 0))).containsExactly("1 custom_ids that nobody asked for");
    }

    @Test
    void countsThatAreNotTheFilesLinesAreTold() {
        Results results = new Results(1, 0, Map.of("line-000000", 1));
        assertThat(results.faults(input(1), batch(1, 0, 1)))
                .containsExactly("counts: total 1, completed 0, failed 1 (expected: 1, 1, 0 as the files have lines)");
    }

    @Test
    void inputLinesAreJsonOfTheAskedLengthThatCarryTheirId() throws Exception {
        InputFile input = new InputFile(folder.resolve("input.jsonl"), "line", 3, "sim-tokens=8", 600).write();
        var lines = java.nio.file.Files.readAllLines(input.path());
        assertThat(lines).hasSize(3).allMatch(line -> line.length() == 600);
        var json = JsonMapper.shared().readTree(lines.get(2));
        assertThat(json.path("custom_id").asString()).isEqualTo("line-000002");
        assertThat(json.at("/body/model").asString()).isEqualTo("sim-tokens=8");
        assertThat(json.at("/body/messages/0/content").asString()).startsWith("line-000002: ");
    }

    private InputFile input(int lines) {
        return new InputFile(folder.resolve("input.jsonl"), "line", lines, "sim", 0);
    }

    private static BatchState batch(long total, long completed, long failed) {
        return new BatchState("b", "completed", total, completed, failed, null, null, 0, "");
    }
}
