package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.simulator.relayed.Api;
import dev.tidemill.simulator.relayed.FaultRow;
import dev.tidemill.simulator.relayed.FaultTable;
import dev.tidemill.simulator.relayed.Setup.Retries;
import dev.tidemill.simulator.relayed.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each upstream fault that is met once, in a stream and in an answer in one piece, asked in OpenAI's and in Anthropic's way:
 * what the client sees, and that nothing is left behind. {@code ./dev prove faults} plays the others, too, and more APIs.
 */
@ExtendWith(NothingLeaks.class)
class FaultTableTest {
    static List<FaultRow> rows() {
        return FaultTable.rows().stream()
                .filter(row -> row.setup().retries() == Retries.NONE)
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void isSeenAsItIs(FaultRow row) throws Exception {
        List<Callable<Void>> cells = new ArrayList<>();
        for (Api api : List.of(Api.CHAT, Api.MESSAGES)) {
            for (boolean stream : new boolean[] {true, false}) {
                cells.add(() -> check(row, api, stream));
            }
        }
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> cell : executor.invokeAll(cells)) {
                cell.get();
            }
        }
    }

    private static Void check(FaultRow row, Api api, boolean stream) throws Exception {
        Trial trial = FaultFixture.play(row, api, stream, Exchange.LIFE);
        assertThat(trial.complaints()).as(trial.kind()).isEmpty();
        assertThat(trial.lies()).as(trial.kind()).isFalse();
        return null;
    }
}
