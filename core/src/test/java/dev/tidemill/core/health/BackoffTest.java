package dev.tidemill.core.health;

import static dev.tidemill.core.health.Plan.MINUTE;
import static dev.tidemill.core.health.Plan.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void theWaitIsAnywhereUpToADoublingBound() {
        long[] bounds = {250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000};
        for (int retry = 1; retry <= bounds.length; retry++) {
            long bound = bounds[retry - 1] * 1_000_000;
            long[] waits = waits(retry, 0, 30 * MINUTE);
            assertThat(LongStream.of(waits).min().orElseThrow()).isBetween(0L, bound / 50);
            assertThat(LongStream.of(waits).max().orElseThrow()).isBetween(bound - bound / 50, bound);
            assertThat(LongStream.of(waits).average().orElseThrow()).isBetween(bound * 0.45, bound * 0.55);
        }
    }

    @Test
    void retryAfterIsWaitedForAndACrowdIsSpreadBehindIt() {
        long[] waits = waits(1, 2 * SECOND, MINUTE);
        assertThat(LongStream.of(waits).min().orElseThrow()).isBetween(2 * SECOND, 2_010_000_000L);
        assertThat(LongStream.of(waits).max().orElseThrow()).isBetween(2_240_000_000L, 2_250_000_000L);
    }

    @Test
    void halfOfTheCallersTimeIsKeptForTheAnswer() {
        assertThat(LongStream.of(waits(6, 0, SECOND)).max().orElseThrow()).isEqualTo(SECOND / 2);
    }

    @Test
    void itIsGivenUpWhenTheTimeDoesNotAllowIt() {
        assertThat(Backoff.nanos(1, 0, 0, random)).isEqualTo(Backoff.GIVE_UP);
        assertThat(Backoff.nanos(1, 0, -SECOND, random)).isEqualTo(Backoff.GIVE_UP);
        assertThat(Backoff.nanos(1, 40 * SECOND, MINUTE, random)).isEqualTo(Backoff.GIVE_UP);
    }

    @Test
    void anyNumberOfRetriesIsFine() {
        assertThat(Backoff.nanos(Integer.MAX_VALUE, 0, MINUTE, random)).isBetween(0L, Backoff.CAP);
    }

    private long[] waits(int retry, long atLeast, long remaining) {
        return LongStream.generate(() -> Backoff.nanos(retry, atLeast, remaining, random))
                .limit(2_000)
                .toArray();
    }
}
