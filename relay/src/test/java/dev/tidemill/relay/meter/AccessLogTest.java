package dev.tidemill.relay.meter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.Failure;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.relay.Eventually;
import dev.tidemill.wire.Usage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The file itself: it is moved aside when it is large, survives its disk, and is JSON whatever callers write. */
class AccessLogTest {
    private static final Spent MAYBE = new Spent(Usage.NONE, Spent.Known.MAYBE);

    @TempDir
    Path folder;

    private static AccessLine line(int number, String path) {
        return AccessLine.served(
                1_700_000_000_000L + number,
                "req_" + number,
                "127.0.0.1",
                null,
                "GET",
                path,
                404,
                "unknown_path",
                number,
                1000);
    }

    /** Of the lines that are written to their end. */
    private static List<Integer> numbers(Path file) throws Exception {
        List<Integer> numbers = new ArrayList<>();
        String text = Files.readString(file);
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
            numbers.add(new ObjectMapper().readTree(line).get("bytes_out").intValue());
        }
        return numbers;
    }

    @Test
    void aFileThatHasBecomeLargeIsMovedAsideAndFiveAreKept() throws Exception {
        Path file = folder.resolve("access.log");
        int written = 0;
        try (AccessLog log = new AccessLog(file, List.of(), 2000)) {
            for (int batch = 0; batch < 9; batch++) {
                for (int i = 0; i < 20; i++) {
                    assertThat(log.offer(line(written++, "/a"))).isTrue();
                }
                int last = written - 1;
                Eventually.until(() -> Files.exists(file) && numbers(file).contains(last));
            }
        }
        List<Integer> all = new ArrayList<>();
        for (int i = AccessLog.KEPT; i > 0; i--) {
            Path old = folder.resolve("access.log." + i);
            assertThat(Files.size(old)).isGreaterThanOrEqualTo(2000);
            all.addAll(numbers(old));
        }
        all.addAll(numbers(file));
        assertThat(folder.resolve("access.log.6")).doesNotExist();
        assertThat(all).isSorted().doesNotHaveDuplicates().endsWith(written - 1);
        assertThat(all).hasSize(all.getLast() - all.getFirst() + 1);
    }

    @Test
    void aDiskThatFailsDisturbsNobodyAndIsUsedAgainWhenItCan() throws Exception {
        Path missing = folder.resolve("missing");
        Path file = missing.resolve("access.log");
        try (AccessLog log = new AccessLog(file, List.of(), 1 << 20)) {
            for (int i = 0; i < 40_000; i++) {
                log.offer(line(i, "/a"));
            }
            assertThat(log.offer(line(0, "/a")))
                    .as("the queue is full, and says so")
                    .isFalse();
            Files.createDirectory(missing);
            Eventually.until(() -> Files.exists(file) && !numbers(file).isEmpty());
            Eventually.until(() -> log.offer(line(77_777, "/a")));
            Eventually.until(() -> numbers(file).contains(77_777));
        }
    }

    @Test
    void aLogThatCannotBeWrittenStillCloses() throws Exception {
        AccessLog log = new AccessLog(folder.resolve("missing").resolve("access.log"), List.of(), 1 << 20);
        for (int i = 0; i < 1000; i++) {
            log.offer(line(i, "/a"));
        }
        log.close();
        Eventually.until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("access-log")));
    }

    @Test
    void whateverACallerWritesIsOneLineOfJson() throws Exception {
        List<@Nullable String> hostile = List.of(
                "plain",
                "\"},{\"x\":\"",
                "back\\slash\\",
                "line\nend\r\n",
                "nul\0 tab\t del\u007f esc\u001b[31m",
                "世界 😀 \u2028\u2029\ufeff",
                "lone \ud800 surrogate",
                "\udc00",
                "\"".repeat(5000),
                "é\"é\\é\n".repeat(30_000));
        Path file = folder.resolve("access.log");
        try (AccessLog log = new AccessLog(file, List.of("a", "b"), 1 << 30)) {
            for (String text : hostile) {
                log.offer(new AccessLine(
                        0,
                        text,
                        text,
                        text,
                        text,
                        text,
                        text,
                        true,
                        text,
                        text,
                        null,
                        null,
                        true,
                        200,
                        text,
                        text,
                        1,
                        List.of(new FailedTry(
                                String.valueOf(text), "k", String.valueOf(text), text, true, 2_000_000, null)),
                        text,
                        null,
                        Spent.Known.STATED,
                        1,
                        1,
                        0,
                        0,
                        0,
                        3,
                        new long[] {1000, 2000}));
            }
        }
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSameSizeAs(hostile);
        for (int i = 0; i < lines.size(); i++) {
            JsonNode line = new ObjectMapper().readTree(lines.get(i));
            String shown = line.get("model").stringValue();
            assertThat(shown).hasSize(String.valueOf(hostile.get(i)).length());
            assertThat(line.get("path").stringValue()).isEqualTo(shown);
            assertThat(line.get("position").intValue()).isEqualTo(3);
            assertThat(line.get("phases_us").get("b").intValue()).isEqualTo(2);
            assertThat(line.get("tries").get(0).get("code").stringValue()).isEqualTo(shown);
            assertThat(line.get("tries").get(0).get("clock").stringValue()).isEqualTo(shown);
        }
    }

    @Test
    void triesThatFailedAreTold() throws Exception {
        Failure timeout = Failure.of(Failure.Kind.UPSTREAM_TIMEOUT, "timeout_first_content", "too slow");
        Failure refused = Failure.of(Failure.Kind.UPSTREAM_REFUSED, "upstream_connect_failed", "refused");
        List<FailedTry> two = List.of(
                FailedTry.of("a/m", timeout, true, 120_000_000_000L, MAYBE),
                FailedTry.of("b/m", refused, false, 999_999, null));
        Path file = folder.resolve("access.log");
        try (AccessLog log = new AccessLog(file, List.of("a"), 1 << 20)) {
            log.offer(exchange(two));
            log.offer(exchange(List.of()));
            log.offer(exchange(Collections.nCopies(1000, two.getFirst())));
        }
        List<String> lines = Files.readAllLines(file);
        assertThat(lines.get(0))
                .contains(
                        "\"tries\":[{\"target\":\"a/m\",\"kind\":\"upstream_timeout\",\"code\":\"timeout_first_content\","
                                + "\"clock\":\"first_content\",\"sent\":true,\"ms\":120000,\"maybe_billed\":true},"
                                + "{\"target\":\"b/m\",\"kind\":\"upstream_refused\",\"code\":\"upstream_connect_failed\","
                                + "\"sent\":false,\"ms\":0}]");
        assertThat(lines.get(1))
                .doesNotContain("tries")
                .doesNotContain("position")
                .contains("\"target\":\"b/m\",\"priority\":\"low\",\"priority_asked\":\"high\",\"stream\"");
        assertThat(new ObjectMapper().readTree(lines.get(2)).get("tries")).hasSize(AccessFormat.MOST_TRIES);
    }

    @Test
    void whatAFailedTryCostIsToldAsFarAsItIsKnown() throws Exception {
        Failure broken = Failure.of(Failure.Kind.UPSTREAM_BROKEN, "upstream_truncated", "cut");
        Usage usage = new Usage(7, 2, 0, 0, 5, 0);
        Path file = folder.resolve("access.log");
        try (AccessLog log = new AccessLog(file, List.of("a"), 1 << 20)) {
            log.offer(exchange(List.of(
                    FailedTry.of("a/m", broken, true, 0, new Spent(usage, Spent.Known.STATED)),
                    FailedTry.of("b/m", broken, true, 0, new Spent(usage, Spent.Known.ESTIMATED)))));
        }
        assertThat(Files.readString(file))
                .contains("\"ms\":0,\"usage\":{\"input\":9,\"cache_read\":2,\"output\":5,\"reasoning\":0}}")
                .contains("\"reasoning\":0,\"estimated\":true}}]");
    }

    private static AccessLine exchange(List<FailedTry> tries) {
        return new AccessLine(
                0,
                "r",
                "p",
                null,
                null,
                "POST",
                "/v1",
                false,
                "m",
                "b/m",
                Priority.LOW,
                Priority.HIGH,
                false,
                200,
                null,
                null,
                tries.size() + 1,
                tries,
                null,
                null,
                Spent.Known.STATED,
                0,
                0,
                0,
                0,
                0,
                -1,
                new long[1]);
    }
}
