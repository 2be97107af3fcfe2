package dev.tidemill.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.cli.api.Api;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ClassificationTest {
    @TempDir
    Path folder;

    @Test
    void theSameSeedGivesTheSameMessagesInBothLanguages() throws Exception {
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        new Classification(1_000, 7).write(one, "m");
        new Classification(1_000, 7).write(two, "m");

        List<String> lines = Files.readAllLines(one);
        assertThat(lines).hasSize(1_000).isEqualTo(Files.readAllLines(two));
        Set<String> ids = new HashSet<>();
        long chinese = 0;
        for (String line : lines) {
            JsonNode json = Api.JSON.readTree(line);
            ids.add(json.path("custom_id").asString());
            String message =
                    json.path("body").path("messages").path(1).path("content").asString();
            assertThat(message).doesNotContain("{");
            chinese += message.codePoints().anyMatch(c -> Character.UnicodeScript.of(c) == Character.UnicodeScript.HAN)
                    ? 1
                    : 0;
        }
        assertThat(ids).hasSize(1_000);
        assertThat(chinese).isBetween(300L, 600L);
    }

    @Test
    void resultsInAnyOrderAreCountedByLabel() throws Exception {
        Classification work = new Classification(3, 1);
        Path results = folder.resolve("results");
        Files.writeString(
                results,
                result("message-00003", "Billing.")
                        + result("message-00001", "refund")
                        + result("message-00002", "no idea"));
        work.read(results);

        assertThat(work.answered()).isEqualTo(3);
        assertThat(work.counts())
                .isEqualTo("billing 1, delivery 0, refund 1, technical 0, account 0, praise 0, other 1");
        assertThat(work.samples(2)).hasSize(2);
        assertThat(work.bill()).isEqualTo(new Bill(30, 6));
    }

    private static String result(String id, String answer) {
        return "{\"custom_id\":\"" + id
                + "\",\"response\":{\"status_code\":200,\"body\":{\"choices\":[{\"message\":{\"content\":\"" + answer
                + "\"}}],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":2}}}}\n";
    }
}
