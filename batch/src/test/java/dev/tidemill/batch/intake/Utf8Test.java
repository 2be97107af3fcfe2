package dev.tidemill.batch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
    /** What the JDK's decoder says. */
    private static int oracle(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CoderResult result = decoder.decode(in, CharBuffer.allocate(bytes.length + 1), true);
        return result.isError() ? in.position() : -1;
    }

    @Test
    void randomBytesAreJudgedAsTheJdkDoes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] pieces = {"plain ascii text", "é", "漢", "😀", "\u0000", "\uFFFF", "\uD7FF", "\uE000"};
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(6); i >= 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            if (random.nextBoolean() && bytes.length > 0) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            assertThat(Utf8.firstBad(bytes, 0, bytes.length)).as("seed " + seed).isEqualTo(oracle(bytes));
        }
    }

    @Test
    void eachPairAndTripleOfLeadingBytesIsJudgedAsTheJdkDoes() {
        byte[] bytes = new byte[4];
        bytes[2] = (byte) 0x80;
        bytes[3] = (byte) 0x80;
        for (int first = 0x7f; first < 256; first++) {
            for (int second = 0; second < 256; second++) {
                bytes[0] = (byte) first;
                bytes[1] = (byte) second;
                assertThat(Utf8.firstBad(bytes, 0, 4)).isEqualTo(oracle(bytes));
            }
        }
    }
}
