package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Policy;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.simulator.Door;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What throws where nothing should: one exchange ends by it, with a status, and is not left hanging. */
class BugsOfOursTest {
    private RelayFixture fixture;

    @BeforeEach
    void start() throws Exception {
        RelayOptions options = RelayOptions.defaults().withHealthChanges(change -> {
            throw new IllegalStateException("a bug");
        });
        fixture = new RelayFixture(options, Policy.DEFAULT, Exchange.LIFE, List.of());
    }

    @AfterEach
    void stop() throws Exception {
        fixture.atRest();
        fixture.close();
    }

    private Answer ask(String model) throws Exception {
        try (HttpClient client = fixture.client()) {
            return client.ask(fixture.chat(model, true));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"429;retry-after=50", "401"})
    void oneWithinTheEndOfAnAnswerIsAStatus(String refusal) throws Exception {
        Answer answer = ask("sim-" + refusal);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(ErrorBody.of(answer).code()).isEqualTo("internal_error");
    }

    @Test
    void oneWithinARefusedConnectionIsAStatus() throws Exception {
        fixture.simulator.door(Door.REFUSE);
        Answer answer = ask("sim");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(ErrorBody.of(answer).code()).isEqualTo("internal_error");
        fixture.simulator.door(Door.OPEN);
    }
}
