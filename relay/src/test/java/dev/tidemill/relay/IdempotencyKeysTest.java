package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.key.KeyRing;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.simulator.SeenRequest;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By which key a provider, to which all tenants are one account, tells requests apart. */
class IdempotencyKeysTest {
    private final KeySecret other = KeySecret.generate(new SplittableRandom(8));
    private RelayFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture();
        fixture.directory.keys(
                new KeyRing(List.of(RelayFixture.record(fixture.key), RelayFixture.record(other, "another"))));
    }

    @AfterEach
    void stop() throws Exception {
        fixture.atRest();
        fixture.close();
    }

    private void ask(KeySecret as, String model, String word) throws Exception {
        try (HttpClient client = fixture.client()) {
            String body = "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
            client.ask(RelayFixture.ask("POST", "/v1/chat/completions", as, body)
                    .replace("host:", word.isEmpty() ? "host:" : "Idempotency-Key: " + word + "\r\nhost:"));
        }
    }

    private List<String> seen() {
        return fixture.simulator.requests().stream()
                .map(SeenRequest::idempotencyKey)
                .toList();
    }

    @Test
    void twoTenantsWithTheSameWordAreTwo() throws Exception {
        ask(fixture.key, "m", "1");
        ask(fixture.key, "m", "1");
        ask(other, "m", "1");
        ask(fixture.key, "m", "2");
        List<String> seen = seen();
        assertThat(seen.get(1)).isEqualTo(seen.getFirst());
        assertThat(seen).doesNotContain("1", "2").doesNotContainNull();
        assertThat(List.of(seen.get(0), seen.get(2), seen.get(3))).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", ""})
    void anotherAttemptAtTheSameTargetIsTheSameAndAnotherTargetIsNot(String word) throws Exception {
        Provider provider = RelayFixture.provider("one", fixture.simulator.baseUrl());
        fixture.directory.routes(new Routes(
                2,
                List.of(provider),
                List.of(new Model(
                        "m",
                        List.of(
                                new Target(provider, "sim-503", "", 1, 1, false, 0),
                                new Target(provider, "sim", "", 2, 1, false, 0)),
                        Policy.DEFAULT))));
        ask(fixture.key, "m", word);
        List<String> seen = seen();
        assertThat(seen).hasSize(4).doesNotContainNull();
        assertThat(seen.subList(0, 3)).containsOnly(seen.getFirst());
        assertThat(seen.getLast()).isNotEqualTo(seen.getFirst());
    }
}
