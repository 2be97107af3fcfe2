package dev.tidemill.bench.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.bench.limits.Windows.Event;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowsTest {
    @Test
    void aWindowIsClosedAndMayBeginAnywhere() {
        assertThat(Windows.most(new long[] {7, 0, 10, 17, 30}, 10)).isEqualTo(3);
        assertThat(Windows.most(new long[] {7, 0, 10, 17, 30}, 9)).isEqualTo(2);
        assertThat(Windows.most(new long[0], 10)).isZero();
    }

    @Test
    void whatIsGivenBackMakesRoomForMore() {
        List<Event> events = List.of(new Event(0, 5), new Event(3, -4), new Event(5, 6), new Event(11, 2));
        assertThat(Windows.growth(events, 10)).isEqualTo(8); // from 3 on, without what was given back then
        assertThat(Windows.growth(events, 5)).isEqualTo(7);
        assertThat(Windows.growth(List.of(new Event(0, -5)), 5)).isZero();
    }
}
