package dev.tidemill.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Every search against the plain loop it stands for, on bytes chosen to sit next to what is sought. */
class SwarTest {
    private static final byte[] NEAR = {
        '"', '"' + 1, '"' - 1, '\\', ']', '[', '{', '}', '|', 'z', '\n', '\r', '\t', 0, 1, ' ', 0x1F, 0x7F, -128, -1,
        'u', 'e'
    };

    @Test
    void findsWhatThePlainLoopFinds() {
        RandomGenerator random = Seeds.random(getClass());
        for (int round = 0; round < 20_000; round++) {
            byte[] a = new byte[random.nextInt(40)];
            boolean rare = random.nextBoolean();
            for (int i = 0; i < a.length; i++) {
                a[i] = rare && random.nextInt(8) > 0 ? (byte) 'x' : NEAR[random.nextInt(NEAR.length)];
            }
            int from = random.nextInt(a.length + 1);
            int to = from + random.nextInt(a.length - from + 1);
            assertThat(Swar.indexOf(a, from, to, '"')).isEqualTo(plain(a, from, to, c -> c == '"'));
            assertThat(Swar.indexOf(a, from, to, -128)).isEqualTo(plain(a, from, to, c -> c == -128));
            assertThat(Swar.lineEnd(a, from, to)).isEqualTo(plain(a, from, to, c -> c == '\n' || c == '\r'));
            assertThat(Swar.quoteOrBackslash(a, from, to)).isEqualTo(plain(a, from, to, c -> c == '"' || c == '\\'));
            assertThat(Swar.plainEnd(a, from, to)).isEqualTo(plain(a, from, to, c -> c < ' ' || c == '"' || c == '\\'));
            assertThat(Swar.quoteOrBracket(a, from, to))
                    .isEqualTo(plain(a, from, to, c -> c == '"' || c == '{' || c == '}' || c == '[' || c == ']'));
            int pair = to;
            for (int i = to - 2; i >= from; i--) {
                pair = a[i] == '"' && a[i + 1] == 'u' ? i : pair;
            }
            assertThat(Swar.indexOfPair(a, from, to, '"', 'u')).isEqualTo(pair);
        }
    }

    private static int plain(byte[] a, int from, int to, IntPredicate wanted) {
        for (int i = from; i < to; i++) {
            if (wanted.test(a[i])) {
                return i;
            }
        }
        return to;
    }
}
