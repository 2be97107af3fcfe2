package dev.tidemill.batch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.batch.Limits;
import dev.tidemill.batch.Owner;
import dev.tidemill.batch.job.Batch;
import dev.tidemill.batch.job.BatchStatus;
import dev.tidemill.batch.job.Fault;
import dev.tidemill.batch.job.PlannedChunk;
import dev.tidemill.batch.job.Stamps;
import dev.tidemill.batch.job.Tally;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.Test;

class ValidationTest {
    private static final Batch BATCH = new Batch(
            1,
            "batch_1",
            new Owner("o", "p"),
            "key",
            "/v1/chat/completions",
            "file-1",
            "file-1",
            "24h",
            Map.of(),
            null,
            BatchStatus.VALIDATING,
            null,
            Tally.NONE,
            List.of(),
            null,
            null,
            Stamps.created(Instant.EPOCH, Instant.EPOCH));

    private static String line(String id, String content) {
        return "{\"custom_id\":\"" + id
                + "\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\""
                + content + "\"}]}}";
    }

    private static Verdict validate(byte[] file, Limits limits) throws IOException {
        return new Validation(limits, 7, (key, model) -> true).validate(BATCH, new MemoryBlob(file, 1), () -> false);
    }

    private static List<Fault> faults(byte[] file) throws IOException {
        return validate(file, Limits.DEFAULT) instanceof Verdict.Refused refused ? refused.faults() : List.of();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void thePlanPointsAtTheIdsAndBodiesWhateverTheOrderAndSpacing() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        StringBuilder file = new StringBuilder("\uFEFF");
        List<String> ids = new ArrayList<>();
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String id = "\"ü" + i + "\\n\"";
            String body = "{ \"messages\":[] ,\"x\":{\"a\":[1,{}]}, \"model\":\"m\",\"pad\":\""
                    + "é".repeat(random.nextInt(300)) + "\" }";
            List<String> parts = new ArrayList<>(List.of(
                    "\"custom_id\" : " + id,
                    "\"method\":\"POST\"",
                    "\"url\":  \"/v1/chat/completions\"",
                    "\"body\" : " + body,
                    "\"other\":[{}]"));
            java.util.Collections.shuffle(parts, random);
            file.append(" { ")
                    .append(String.join(" , ", parts))
                    .append(" } ")
                    .append(random.nextBoolean() ? "\r\n" : "\n\n");
            ids.add(id);
            bodies.add(body);
        }
        byte[] input = bytes(file.toString());
        assertThat(validate(input, Limits.DEFAULT)).as("seed " + seed).isInstanceOf(Verdict.Accepted.class);
        Verdict.Accepted accepted = (Verdict.Accepted) validate(input, Limits.DEFAULT);
        assertThat(accepted.model()).isEqualTo("m");
        int next = 0;
        for (PlannedChunk chunk : accepted.chunks()) {
            assertThat(chunk.firstLine()).isEqualTo(next);
            Plan plan = new Plan(chunk.plan());
            for (int i = 0; i < plan.lines(); i++, next++) {
                assertThat(new String(input, (int) plan.idOffset(i), plan.idLength(i), StandardCharsets.UTF_8))
                        .as("seed " + seed)
                        .isEqualTo(ids.get(next));
                assertThat(new String(input, (int) plan.bodyOffset(i), plan.bodyLength(i), StandardCharsets.UTF_8))
                        .isEqualTo(bodies.get(next));
            }
        }
        assertThat(next).isEqualTo(50);
    }

    @Test
    void aLineThatIsNotUtf8IsToldWithItsByte() throws Exception {
        byte[] file = bytes(line("a", "x") + "\n" + line("b", "#") + "\n");
        int at = new String(file, StandardCharsets.UTF_8).indexOf('#');
        file[at] = (byte) 0xff;
        assertThat(faults(file)).singleElement().satisfies(fault -> {
            assertThat(fault.code()).isEqualTo("invalid_json_line");
            assertThat(fault.line()).isEqualTo(2);
            assertThat(fault.message())
                    .contains("UTF-8")
                    .contains("byte " + (at - line("a", "x").length() - 1));
        });
    }

    @Test
    void otherEncodingsAreNotTakenForJson() throws Exception {
        assertThat(faults(line("a", "x").getBytes(StandardCharsets.UTF_16LE))).isNotEmpty();
        assertThat(faults(line("a", "x").getBytes(StandardCharsets.UTF_16BE))).isNotEmpty();
        assertThat(faults(bytes("{\0}"))).isNotEmpty();
    }

    @Test
    void aHugeLineIsReadAndATooHugeOneIsTold() throws Exception {
        assertThat(faults(bytes(line("a", "x".repeat((16 << 20) - 200))))).isEmpty();
        assertThat(faults(bytes(line("a", "x".repeat(16 << 20)) + "\n" + line("b", "y"))))
                .singleElement()
                .satisfies(fault -> assertThat(fault.code()).isEqualTo("line_too_long"));
    }

    @Test
    void twiceTheSameIdInOtherSpellingIsADuplicate() throws Exception {
        assertThat(faults(bytes(line("a", "x") + "\n" + line("\\u0061", "x"))))
                .singleElement()
                .satisfies(fault -> assertThat(fault.code()).isEqualTo("duplicate_custom_id"));
        assertThat(faults(bytes(line("\\ud800", "x") + "\n" + line("\\ud801", "x"))))
                .isEmpty();
    }

    @Test
    void aFieldGivenTwiceIsTold() throws Exception {
        assertThat(faults(bytes(
                        line("a", "x").replace("{\"custom_id\":\"a\"", "{\"custom_id\":\"b\",\"custom_id\":\"a\""))))
                .singleElement()
                .satisfies(fault -> assertThat(fault.param()).isEqualTo("custom_id"));
    }

    @Test
    void aFileOfBlanksIsEmpty() throws Exception {
        assertThat(faults(bytes("\uFEFF\r\n \t \n")))
                .singleElement()
                .satisfies(fault -> assertThat(fault.code()).isEqualTo("empty_file"));
    }

    @Test
    void deepNestingIsAFaultAndNoOverflow() throws Exception {
        String deep = line("a", "x")
                .replace("\"messages\"", "\"deep\":" + "[".repeat(100_000) + "]".repeat(100_000) + ",\"messages\"");
        assertThat(faults(bytes(deep)))
                .singleElement()
                .satisfies(fault -> assertThat(fault.code()).isEqualTo("invalid_json_line"));
    }

    /** Each file of the JSON test suite as the value of a further property: y must pass, n must be refused. */
    @Test
    void linesAreJsonExactlyWhenTheTestSuiteSaysSo() throws Exception {
        Path suite = fixtures().resolve("json-test-suite/test_parsing");
        Assumptions.assumeThat(suite).isDirectory();
        try (Stream<Path> files = Files.list(suite)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                byte[] json = Files.readAllBytes(file);
                if (json.length > 10_000 || new String(json, StandardCharsets.ISO_8859_1).contains("\n")) {
                    continue; // not one line, or deeper than allowed
                }
                byte[] start = bytes(line("a", "x").substring(0, line("a", "x").length() - 1) + ",\"more\":");
                byte[] whole = new byte[start.length + json.length + 1];
                System.arraycopy(start, 0, whole, 0, start.length);
                System.arraycopy(json, 0, whole, start.length, json.length);
                whole[whole.length - 1] = '}';
                if (name.startsWith("y_")) {
                    assertThat(faults(whole)).as(name).isEmpty();
                } else if (name.startsWith("n_") && !closesEarly(json)) {
                    assertThat(faults(whole)).as(name).isNotEmpty();
                } else {
                    faults(whole);
                }
            }
        }
    }

    /** What is wrong alone may be right in front of a brace: {@code 1 "a":2}, a comma at the end and the like are not. */
    private static boolean closesEarly(byte[] json) {
        return new String(json, StandardCharsets.ISO_8859_1)
                .strip()
                .matches("(?s).*[}\\]\"0-9a-z],\\s*\"[^\"]*\"\\s*:.*");
    }

    private static Path fixtures() {
        String given = System.getProperty("tidemill.fixtures");
        if (given != null) {
            return Path.of(given);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path found = at.resolve("shared/fixtures");
            if (Files.isDirectory(found)) {
                return found;
            }
        }
        return Path.of("no-fixtures");
    }

    @Test
    void fiftyMegabytesArePrintedWithTheirRate() throws Exception {
        StringBuilder piece = new StringBuilder();
        Limits limits = new Limits(512 << 20, 200 << 20, 1_000_000, 16 << 20, 10, 1_024);
        for (int i = 0; i < 25_000; i++) {
            piece.append(line("id-" + i, "A prompt of some two kilobytes, mostly plain text. ".repeat(40)))
                    .append('\n');
        }
        byte[] file = bytes(piece.toString());
        for (int round = 0; round < 2; round++) {
            long start = System.nanoTime();
            assertThat(validate(file, limits)).isInstanceOf(Verdict.Accepted.class);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            System.out.println("validated " + file.length / 1_000_000 + " MB in " + took.toMillis() + " ms: "
                    + file.length / 1_000 / Math.max(1, took.toMillis()) + " MB/s");
        }
    }
}
