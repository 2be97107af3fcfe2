package dev.tidemill.batch.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShareTest {
    @Test
    void oneSignalHalvesHoweverManyLinesMeetIt() {
        Share share = new Share(64);
        int cuts = 0;
        for (int i = 0; i < 64; i++) {
            cuts += share.turnedAway() ? 1 : 0;
        }
        assertThat(cuts).isEqualTo(1);
        assertThat(share.limit()).isEqualTo(32);
    }

    @Test
    void itNeverFallsBelowOneAndComesBack() {
        Share share = new Share(64);
        for (int i = 0; i < 500; i++) {
            share.turnedAway();
        }
        assertThat(share.limit()).isEqualTo(1);
        for (int i = 0; i < 500; i++) {
            share.answered();
        }
        assertThat(share.limit()).isEqualTo(64);
    }

    @Test
    void aMinorityTurnedAwayChangesNothing() {
        Share share = new Share(10);
        for (int i = 0; i < 100; i++) {
            if (i % 3 == 0) {
                assertThat(share.turnedAway()).isFalse();
            } else {
                share.answered();
            }
        }
        assertThat(share.limit()).isEqualTo(10);
    }

    @Test
    void waitsAreJitteredBoundedAndNeverShorterThanAskedFor() {
        Backoff backoff = new Backoff(new Random(1));
        for (int before = 0; before < 40; before++) {
            assertThat(backoff.next(before, null)).isBetween(Duration.ofMillis(50), Duration.ofSeconds(30));
            assertThat(backoff.next(before, Duration.ofSeconds(2)))
                    .isBetween(Duration.ofSeconds(2), Duration.ofMillis(2_500));
            assertThat(backoff.next(before, Duration.ofHours(1))).isLessThanOrEqualTo(Duration.ofSeconds(75));
            assertThat(backoff.next(before, Duration.ZERO)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
        }
        assertThat(backoff.next(0, null)).isLessThanOrEqualTo(Duration.ofMillis(500));
    }
}
