package dev.tidemill.wire.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemill.wire.GrowingBytes;
import dev.tidemill.wire.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class EditsTest {
    private final Edits edits = new Edits();

    @Test
    void withoutEditsTheBodyIsTheBody() {
        assertThat(apply("abc")).isEqualTo("abc");
    }

    @Test
    void editsMayComeInAnyOrder() {
        edits.replace(4, 1, b("E"));
        edits.replace(0, 2, b("x"));
        edits.insert(3, b("--"));
        assertThat(apply("abcde")).isEqualTo("xc--dE");
    }

    @Test
    void insertionsAtOnePlaceKeepTheirOrderAndComeBeforeTheReplacement() {
        edits.replace(1, 1, b("B"));
        edits.insert(1, b("1"));
        edits.insert(1, b("2"));
        edits.insert(2, b("3"));
        assertThat(apply("abc")).isEqualTo("a12B3c");
    }

    @Test
    void atBothEnds() {
        edits.insert(3, b(">"));
        edits.insert(0, b("<"));
        assertThat(apply("abc")).isEqualTo("<abc>");
    }

    @Test
    void overlapsAreRefused() {
        edits.replace(2, 3, b(""));
        assertThatThrownBy(() -> edits.replace(4, 1, b("x"))).hasMessage("range: 4 + 1 (expected: no overlap)");
        assertThatThrownBy(() -> edits.replace(0, 3, b("x"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> edits.replace(2, 3, b("x"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> edits.insert(3, b("x"))).isInstanceOf(IllegalArgumentException.class);
        edits.replace(5, 1, b("x"));
        edits.replace(1, 1, b("y"));
        assertThat(apply("abcdef")).isEqualTo("ayx");
    }

    @Test
    void anEditBehindTheEndIsRefused() {
        edits.replace(2, 3, b("x"));
        assertThatThrownBy(() -> edits.size(4)).hasMessage("body: 4 bytes (expected: >= 5 for its edits)");
        assertThatThrownBy(() -> edits.insert(-1, b("x"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> edits.replace(5, Integer.MAX_VALUE, b("x")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thereIsALimit() {
        for (int i = 0; i < Edits.MAX; i++) {
            edits.insert(0, b(""));
        }
        assertThatThrownBy(() -> edits.insert(0, b(""))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void clearedAndUsedAgain() {
        edits.replace(0, 1, b("long text"));
        edits.clear();
        edits.insert(1, b("-"));
        assertThat(apply("ab")).isEqualTo("a-b");
    }

    /** The body is dealt out in pieces that stay or give way; what comes out must be what the pieces say, byte for byte. */
    @Test
    void randomEditsChangeOnlyWhatTheySay() {
        RandomGenerator random = Seeds.random(getClass());
        for (int round = 0; round < 5_000; round++) {
            Edits own = new Edits();
            Edits attempt = new Edits();
            List<Runnable> adding = new ArrayList<>();
            StringBuilder body = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            int pieces = random.nextInt(12);
            for (int i = 0; i < pieces; i++) {
                String stays = word(random, 0);
                body.append(stays);
                expected.append(stays);
                String goes = word(random, 1);
                String comes = word(random, 0);
                int at = body.length();
                Edits list = random.nextBoolean() ? own : attempt;
                adding.add(() -> list.replace(at, goes.length(), b(comes)));
                body.append(goes);
                expected.append(comes);
            }
            Collections.shuffle(adding, new Random(random.nextLong()));
            adding.forEach(Runnable::run);
            edits.clear();
            edits.addAll(own);
            edits.addAll(attempt);
            assertThat(apply(body.toString())).isEqualTo(expected.toString());
        }
    }

    private static String word(RandomGenerator random, int least) {
        StringBuilder word = new StringBuilder();
        int length = least + random.nextInt(6);
        for (int i = 0; i < length; i++) {
            word.append((char) ('a' + random.nextInt(26)));
        }
        return word.toString();
    }

    private String apply(String body) {
        byte[] a = b("##" + body + "##");
        int to = 2 + body.length();
        byte[] out = new byte[edits.size(body.length()) + 3];
        assertThat(edits.writeTo(a, 2, to, out, 3)).isEqualTo(out.length);
        GrowingBytes sink = new GrowingBytes(1 << 20);
        edits.writeTo(a, 2, to, sink);
        String text = new String(out, 3, out.length - 3, StandardCharsets.UTF_8);
        assertThat(new String(sink.toBytes(), StandardCharsets.UTF_8)).isEqualTo(text);
        return text;
    }

    private static byte[] b(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }
}
