package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.Failure.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The tables of docs/failures.md. */
record FailuresPage(
        Map<String, List<String>> classes, Map<String, List<String>> following, Map<String, List<String>> told) {
    static FailuresPage read() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("docs/failures.md"))) {
            folder = folder.getParent();
        }
        assertThat(folder).as("a folder with docs/failures.md").isNotNull();
        String[] sections = Files.readString(folder.resolve("docs/failures.md")).split("\n## ");
        return new FailuresPage(table(sections[1]), table(sections[2]), table(sections[3]));
    }

    /** Rows by class, without it. */
    private static Map<String, List<String>> table(String section) {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (String line : section.split("\n")) {
            if (line.startsWith("| `")) {
                List<String> cells = new ArrayList<>(
                        Arrays.stream(line.split("\\|", -1)).map(String::strip).toList());
                cells.removeFirst();
                cells.removeLast();
                String kind = cells.removeFirst().replace("`", "");
                assertThat(rows.put(kind, cells)).as("twice: " + kind).isNull();
            }
        }
        return rows;
    }

    /** Those that an attempt can fail with by a provider's doing, or that another target may help against. */
    static List<Kind> kinds() {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.upstream() || kind.next() != dev.tidemill.core.Failure.Next.STOP)
                .toList();
    }

    String aside(Kind kind) {
        return following.get(kind.word()).get(3);
    }

    /** Whether this is among the codes that the caller may get for it. */
    boolean names(Kind kind, String code) {
        String codes = toldOf(kind).get(1);
        return codes.startsWith("the provider's") || codes.contains("`" + code + "`");
    }

    /** Whether a provider's pause is told on. */
    boolean tellsPause(Kind kind) {
        return toldOf(kind).get(2).startsWith("the provider's");
    }

    /** Whether SDKs are told not to try again, once a provider was asked. */
    boolean advisesAgainst(Kind kind) {
        return toldOf(kind).get(3).contains("`false`");
    }

    private List<String> toldOf(Kind kind) {
        return Objects.requireNonNull(told.get(kind.word()));
    }
}
