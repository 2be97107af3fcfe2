package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Clocks;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.simulator.relayed.Caller;
import dev.tidemill.simulator.relayed.FaultRow;
import dev.tidemill.simulator.relayed.FaultTable;
import dev.tidemill.simulator.relayed.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each upstream fault, in a stream and in an answer in one piece: what the client sees, and that nothing is left behind. */
@ExtendWith(NothingLeaks.class)
class FaultTableTest {
    static List<Arguments> rows() {
        List<Arguments> all = new ArrayList<>();
        for (FaultRow row : FaultTable.rows()) {
            all.add(Arguments.of(row, true));
            all.add(Arguments.of(row, false));
        }
        return all;
    }

    @ParameterizedTest(name = "{0}, stream: {1}")
    @MethodSource("rows")
    void isSeenAsItIs(FaultRow row, boolean stream) throws Exception {
        Clocks clocks = new Clocks(
                FaultTable.CONNECT,
                FaultTable.HEADERS,
                FaultTable.FIRST_CONTENT,
                FaultTable.GAP,
                FaultTable.GAP,
                FaultTable.TOTAL);
        try (RelayFixture fixture = new RelayFixture(
                RelayOptions.defaults().withLoops(1), Policies.with(clocks), Exchange.LIFE, List.of())) {
            Caller caller = new Caller(fixture.address, fixture.key.text(), Duration.ofSeconds(10));
            Trial trial = Trial.play(row, stream, caller, fixture.simulator);
            assertThat(trial.complaints()).isEmpty();
            assertThat(trial.lies()).isFalse();
            fixture.atRest();
        }
    }
}
