package dev.tidemill.bench.overhead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MediansTest {
    @Test
    void betweenTwoMiddleValuesTheMeanIsTaken() {
        assertThat(Medians.of(List.of(4, 1, 3, 2), Integer::doubleValue)).isEqualTo(new Medians(1.75, 2.5, 3.25));
    }

    @Test
    void oneMeasurementIsItsOwnMedian() {
        assertThat(Medians.of(List.of(7), Integer::doubleValue)).isEqualTo(new Medians(7, 7, 7));
    }

    @Test
    void noMeasurementIsRefused() {
        assertThatThrownBy(() -> Medians.of(List.<Integer>of(), Integer::doubleValue))
                .hasMessage("0 measurements (expected: >= 1)");
    }

    @Test
    void aPairIsComparedByItsOwnRatioAndNotByTheRatioOfMedians() {
        Row row = new Row(Workload.PLAIN, List.of(pair(10, 20), pair(100, 110), pair(20, 40)), 0, 0);
        assertThat(row.ratio().half()).isEqualTo(2.0);
        assertThat(row.nginxMicros()).isEqualTo(20.0);
    }

    @Test
    void pacedStreamsAreComparedByShareOfACore() {
        Slice nginx = new Slice(100, 200_000, 1_000_000, 1, 1);
        Slice relay = new Slice(50, 300_000, 1_000_000, 1, 1);
        assertThat(new Row.Pair(nginx, relay).ratio(Workload.PACED)).isCloseTo(1.5, within(1e-9));
    }

    private static Row.Pair pair(long nginx, long relay) {
        return new Row.Pair(new Slice(1, nginx, 1, 1, 1), new Slice(1, relay, 1, 1, 1));
    }
}
