package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.simulator.Counts;
import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client that leaves takes its request with it: the provider is told at once, and nothing stays. */
@ExtendWith(NothingLeaks.class)
class ClientLeavesTest {
    private RelayFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @ParameterizedTest
    @CsvSource({
        "stall-headers=1m, true, false",
        "stall-headers=1m, false, false",
        "stall-first=1m, true, false",
        "stall-after=2;for=1m, true, true",
        "infinite+speed=200, true, true",
        "infinite, true, true",
        "drip=50, false, false"
    })
    void whileTheProviderAnswers(String notation, boolean stream, boolean sees) throws Exception {
        try (HttpClient client = fixture.client()) {
            client.send(fixture.chat("sim-" + notation, stream));
            for (int i = 0; i < 2000 && fixture.simulator.counts().running() == 0; i++) {
                Thread.sleep(1);
            }
            if (sees) {
                InputStream in = client.in();
                assertThat(in.readNBytes(400)).hasSize(400);
            }
        }
        Counts.Tally counts =
                fixture.simulator.countsAtRest(Duration.ofSeconds(5)).total();
        assertThat(counts.asked()).isEqualTo(1);
        assertThat(counts.cancelled()).isEqualTo(1);
        fixture.atRest();
        for (int i = 0; i < 2000 && fixture.simulator.counts().connectionsOpen() > 0; i++) {
            Thread.sleep(1);
        }
        assertThat(fixture.simulator.counts().connectionsOpen()).isZero();
    }

    @Test
    void whileItStillSendsItsBody() throws Exception {
        try (HttpClient client = fixture.client()) {
            String request = fixture.chat("m", true);
            client.send(request.substring(0, request.length() - 10));
            for (int i = 0; i < 2000 && fixture.relay.running() == 0; i++) {
                Thread.sleep(1);
            }
            assertThat(fixture.relay.running()).isEqualTo(1);
        }
        fixture.atRest();
        assertThat(fixture.simulator.requests()).isEmpty();
    }
}
