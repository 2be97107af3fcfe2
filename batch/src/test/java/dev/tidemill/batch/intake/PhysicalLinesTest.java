package dev.tidemill.batch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class PhysicalLinesTest {
    private static List<String> read(byte[] file, int max, Random random) throws IOException {
        InputStream in = new ByteArrayInputStream(file) {
            @Override
            public int read(byte[] into, int offset, int length) {
                return super.read(into, offset, random == null ? length : Math.min(length, 1 + random.nextInt(5_000)));
            }
        };
        PhysicalLines lines = new PhysicalLines(in, max);
        List<String> found = new ArrayList<>();
        while (lines.next()) {
            assertThat(lines.number()).isEqualTo(found.size() + 1);
            if (lines.tooLong() > 0) {
                found.add("too long: " + lines.tooLong());
                continue;
            }
            String text = new String(lines.buffer(), lines.offset(), lines.length(), StandardCharsets.ISO_8859_1);
            int at = (int) lines.position();
            assertThat(text).isEqualTo(new String(file, at, lines.length(), StandardCharsets.ISO_8859_1));
            found.add(text);
        }
        return found;
    }

    private static List<String> read(String file) throws IOException {
        return read(file.getBytes(StandardCharsets.UTF_8), 100, null);
    }

    @Test
    void linesEndWithLineFeedsWithOrWithoutCarriageReturnOrWithTheFile() throws Exception {
        assertThat(read("")).isEmpty();
        assertThat(read("a")).containsExactly("a");
        assertThat(read("a\n")).containsExactly("a");
        assertThat(read("a\r\n\r\nb\rc\n\n")).containsExactly("a", "", "b\rc", "");
        assertThat(read("\uFEFFa\n\uFEFFb")).containsExactly("a", "ï»¿b");
        assertThat(read("\uFEFF")).isEmpty();
    }

    @Test
    void aLineOverTheLimitIsMeasuredAndTheNextOnesAreRead() throws Exception {
        for (int length : new int[] {100, 101, 102, 103, 300_000, 3_000_000}) {
            List<String> found = read("a\n" + "x".repeat(length) + "\nb\n" + "y".repeat(length));
            String wide = length <= 100 ? "x".repeat(length) : "too long: " + length;
            assertThat(found).containsExactly("a", wide, "b", wide.replace('x', 'y'));
        }
        assertThat(read("x".repeat(100) + "\r\nb")).containsExactly("x".repeat(100), "b");
    }

    @RepeatedTest(30)
    void anyFileIsCutAtItsLineFeedsHoweverItArrives() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        StringBuilder file = new StringBuilder();
        List<String> expected = new ArrayList<>();
        int lines = random.nextInt(60);
        for (int i = 0; i < lines; i++) {
            char[] line = new char[random.nextInt(8) == 0 ? random.nextInt(900_000) : random.nextInt(2_000)];
            Arrays.fill(line, (char) ('a' + random.nextInt(26)));
            expected.add(new String(line));
            file.append(line).append(random.nextBoolean() ? "\r\n" : "\n");
        }
        assertThat(read(file.toString().getBytes(StandardCharsets.US_ASCII), 1_000_000, random))
                .as("seed " + seed)
                .isEqualTo(expected);
    }
}
