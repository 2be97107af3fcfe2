package dev.tidemill.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.health.HealthChange;
import dev.tidemill.core.health.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HealthEventsTest {
    private final HealthEvents events = new HealthEvents();

    private void change(int number) {
        events.changed(new HealthChange(
                Instant.ofEpochSecond(number),
                HealthChange.Kind.HOST,
                "h:" + number,
                State.HEALTHY,
                State.DOWN,
                "no connection"));
    }

    @Test
    void theyComeOldestFirst() {
        change(1);
        change(2);
        assertThat(events.latest()).extracting(event -> event.change().name()).containsExactly("h:1", "h:2");
    }

    @Test
    void theLatestThousandAreKept() {
        for (int i = 1; i <= 2_345; i++) {
            change(i);
        }
        assertThat(events.latest())
                .extracting(HealthEvents.Event::number)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1_346, 2_345).boxed().toList());
    }

    @Test
    void manyTellAtOnce() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 200; i++) {
                    change(i);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(events.latest())
                .extracting(HealthEvents.Event::number)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 800).boxed().toList());
    }
}
