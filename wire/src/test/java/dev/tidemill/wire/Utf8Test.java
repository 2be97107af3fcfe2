package dev.tidemill.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Against the decoder of the JDK. */
class Utf8Test {
    @Test
    void everyCharacterIsTaken() {
        for (int c = 0x80; c <= 0x10FFFF; c++) {
            if (c < 0xD800 || c > 0xDFFF) {
                byte[] a = Character.toString(c).getBytes(StandardCharsets.UTF_8);
                assertThat(Utf8.skipNonAscii(a, 0, a.length)).isEqualTo(a.length);
            }
        }
    }

    @Test
    void everyTwoAndThreeBytesAreJudgedAsTheJdkJudges() {
        byte[] a = new byte[3];
        for (int word = 0; word < 1 << 16; word++) {
            a[0] = (byte) (word >> 8 | 0x80);
            a[1] = (byte) word;
            for (int third : new int[] {0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xFF}) {
                a[2] = (byte) third;
                agree(a);
            }
        }
    }

    @Test
    void runsWithADamagedByteAreJudgedAsTheJdkJudges() {
        RandomGenerator random = Seeds.random(getClass());
        String[] alphabets = {"привет мир", "你好世界", "नमस्ते", "🧡💙", "é", "\uD7FF\uE000\u0800\u07FF"};
        for (int round = 0; round < 50_000; round++) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            int parts = 1 + random.nextInt(4);
            for (int i = 0; i < parts; i++) {
                text.writeBytes(alphabets[random.nextInt(alphabets.length)].getBytes(StandardCharsets.UTF_8));
            }
            byte[] a = text.toByteArray();
            if (random.nextInt(4) > 0) {
                a[random.nextInt(a.length)] = (byte) random.nextInt(256);
            }
            agree(random.nextBoolean() ? a : java.util.Arrays.copyOf(a, random.nextInt(a.length + 1)));
        }
    }

    private static void agree(byte[] a) {
        boolean sound = true;
        int i = 0;
        while (i < a.length && sound) {
            if (a[i] >= 0) {
                i++;
                continue;
            }
            i = Utf8.skipNonAscii(a, i, a.length);
            sound = i >= 0;
        }
        assertThat(sound).as("%s", ByteBuffer.wrap(a)).isEqualTo(sound(a, a.length));
        if (!sound) {
            assertThat(sound(a, ~i)).as("all before the fault is sound").isTrue();
        }
    }

    private static boolean sound(byte[] a, int length) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(a, 0, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
