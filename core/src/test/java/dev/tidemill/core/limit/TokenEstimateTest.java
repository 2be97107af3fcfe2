package dev.tidemill.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenEstimateTest {
    @Test
    void fourAsciiBytesOrOneCjkCharacterAreAToken() {
        assertThat(TokenEstimate.input(4_000)).isEqualTo(1_000);
        assertThat(TokenEstimate.input(3_000, 3_000)).isEqualTo(1_000);
        assertThat(TokenEstimate.input(0)).isZero();
    }

    @Test
    void theStatedMaximumCountsElseWhatWasLearned() {
        assertThat(TokenEstimate.of(100, 0, 50, 500)).isEqualTo(150);
        assertThat(TokenEstimate.of(100, 0, 0, 500)).isEqualTo(600);
    }

    @Test
    void anImageOfMegabytesIsNoMoreThanTheModelHolds() {
        assertThat(TokenEstimate.of(TokenEstimate.input(20_000_000), 128_000, 0, 500))
                .isEqualTo(128_500);
        assertThat(TokenEstimate.of(1, 0, Long.MAX_VALUE, 0)).isEqualTo(200_001);
    }

    @Test
    void theMeanFollowsWhatAnswersHad() {
        LearnedOutput output = new LearnedOutput();
        assertThat(output.mean()).isEqualTo(500);
        for (int i = 0; i < 500; i++) {
            output.add(2_000);
        }
        assertThat(output.mean()).isBetween(1_990L, 2_000L);
        output.add(Long.MAX_VALUE);
        assertThat(output.mean()).isLessThan(210_000);
    }
}
