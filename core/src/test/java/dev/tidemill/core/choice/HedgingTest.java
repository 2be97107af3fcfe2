package dev.tidemill.core.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tidemill.core.route.Policy;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HedgingTest {
    private static final Policy.Hedge TERMS = new Policy.Hedge(0.95, 0.05);
    private final Hedging hedging = new Hedging();

    @Test
    void aQuantileIsLearnedWithinABucketsWidth() {
        assertThat(hedging.after(TERMS)).isEqualTo(Hedging.UNKNOWN);
        for (int i = 1; i <= 1000; i++) {
            hedging.firstContent(i * 1_000_000L);
        }
        assertThat((double) hedging.after(TERMS)).isCloseTo(950e6, within(950e6 / 6));
    }

    @Test
    void whatWasLongAgoFades() {
        for (int i = 0; i < 2000; i++) {
            hedging.firstContent(5_000_000_000L);
        }
        for (int i = 0; i < 6000; i++) {
            hedging.firstContent(200_000_000L);
        }
        assertThat(hedging.after(TERMS)).isLessThan(300_000_000L);
    }

    @Test
    void fastAnswersAreGivenAMomentAllTheSame() {
        for (int i = 0; i < 100; i++) {
            hedging.firstContent(1_000);
        }
        assertThat(hedging.after(TERMS)).isEqualTo(Hedging.FLOOR);
    }

    @Test
    void anyTimeHasItsBucket() {
        SplittableRandom random = new SplittableRandom(7);
        for (long time : new long[] {0, 1, 3, 4, Long.MAX_VALUE}) {
            hedging.firstContent(time);
        }
        for (int i = 0; i < 1000; i++) {
            hedging.firstContent(random.nextLong(1L << random.nextInt(1, 63)));
        }
    }

    @Test
    void noMoreThanTheShareIsHedged() {
        int hedged = 0;
        for (int i = 0; i < 10_000; i++) {
            hedging.asked(TERMS);
            hedged += hedging.take() ? 1 : 0;
        }
        assertThat(hedged).isBetween(480, 511);
    }

    @Test
    void aRightThatCouldNotBeUsedIsThereForTheNext() {
        assertThat(hedging.take()).isTrue();
        assertThat(hedging.take()).isFalse();
        hedging.giveBack();
        assertThat(hedging.take()).isTrue();
    }

    @Test
    void onlyAFewAreSavedUp() {
        for (int i = 0; i < 10_000; i++) {
            hedging.asked(TERMS);
        }
        int hedged = 0;
        while (hedging.take()) {
            hedged++;
        }
        assertThat(hedged).isEqualTo(10);
    }
}
