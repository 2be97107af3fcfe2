package dev.tidemill.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/simulator.md} says what the code does. */
class PageTest {
    private static String page() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("docs/simulator.md"))) {
            folder = folder.getParent();
        }
        assertThat(folder).as("a folder with docs/simulator.md").isNotNull();
        return Files.readString(folder.resolve("docs/simulator.md"));
    }

    private static String row(FaultKind kind) {
        List<String> values = new ArrayList<>();
        for (Parameter parameter : kind.parameters()) {
            String written = parameter.type() == Parameter.Type.WORD
                    ? String.join(" \\| ", parameter.words())
                    : parameter.standard().isEmpty() ? "–" : parameter.standard();
            values.add("`" + parameter.name() + "` " + written);
        }
        return "| `" + kind.label() + "` | " + String.join("; ", values) + " | " + kind.meaning()
                + (kind.breaks() ? "" : " ○") + " |";
    }

    @Test
    void theTableHoldsEveryFaultAsItIs() throws IOException {
        List<String> rows = new ArrayList<>();
        for (FaultKind kind : FaultKind.values()) {
            rows.add(row(kind));
        }
        assertThat(page().lines()
                        .filter(line -> line.startsWith("| `") && line.contains("` |"))
                        .toList())
                .containsAll(rows);
    }

    @Test
    void theTableHoldsEverySetting() throws IOException {
        for (Setting setting : Setting.values()) {
            assertThat(page()).contains("| `" + setting.label() + "` | " + setting.meaning() + " |");
        }
    }

    @Test
    void theScenarioOnThePageCanBePlayed() throws Exception {
        Matcher block = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(page());
        assertThat(block.find()).isTrue();
        Scenario scenario =
                ScenarioFile.parse("page", block.group(1).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(scenario.rules()).isNotEmpty();
    }

    @Test
    void everyModelNameOnThePageCanBeRead() throws IOException {
        Matcher name = Pattern.compile("`sim-([^` ]+)`").matcher(page());
        int names = 0;
        while (name.find()) {
            if (!name.group(1).equals("ok") && !name.group(1).startsWith("NOTATION")) {
                Behaviour.of(name.group(1));
            }
            names++;
        }
        assertThat(names).isGreaterThan(5);
    }
}
