package dev.tidemill.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CountsTest {
    @Test
    void theSumIsThatOfAPlainListExactToASlice() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        long origin = random.nextLong();
        Counts counts = new Counts(30, 300, origin);
        ArrayDeque<Long> slices = new ArrayDeque<>();
        long now = origin;
        for (int i = 0; i < 20_000; i++) {
            now += random.nextInt(100) == 0 ? random.nextLong(1_000_000) : random.nextInt(3);
            counts.add(now, 1, 1);
            long slice = (now - origin) / 10;
            slices.add(slice);
            while (slices.getFirst() <= slice - 30) {
                slices.removeFirst();
            }
            assertThat(Counts.firstOf(counts.sum(now))).isEqualTo(slices.size());
            assertThat(Counts.secondOf(counts.sum(now))).isEqualTo(slices.size());
        }
    }

    @Test
    void aSliceThatOverflowsKeepsItsRatio() {
        Counts counts = new Counts(10, 100, 0);
        for (int i = 0; i < 1_000; i++) {
            counts.add(5, 10_000, 2_500);
        }
        long sum = counts.sum(5);
        assertThat(Counts.firstOf(sum)).isBetween(1 << 20, 1 << 22);
        assertThat((double) Counts.secondOf(sum) / Counts.firstOf(sum)).isBetween(0.24, 0.26);
    }

    @Test
    void aMomentBeforeTheOriginIsCounted() {
        Counts counts = new Counts(10, 100, 1_000);
        counts.add(995, 3, 2);
        assertThat(Counts.firstOf(counts.sum(1_000))).isEqualTo(3);
    }
}
