package dev.tidemill.core.health;

import static dev.tidemill.core.health.Plan.MINUTE;
import static dev.tidemill.core.health.Plan.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CredentialHealthTest {
    private final List<HealthChange> changes = new ArrayList<>();
    private final Health health = new Health(7, 100, () -> Instant.EPOCH, changes::add);
    private final CredentialHealth keys = health.credentials(Plan.provider("p", "sk-secret-one", "sk-two", "sk-three"));
    private long now = Plan.START;

    @Test
    void aProviderWithoutKeysNeedsNone() {
        CredentialHealth none = health.credentials(Plan.provider("q"));
        assertThat(none.available(now)).isTrue();
        assertThat(none.out()).isFalse();
        assertThat(none.take(now, 0)).isEqualTo(CredentialHealth.NOT_NEEDED);
        none.refused(CredentialHealth.NOT_NEEDED, now, "401");
        none.limited(CredentialHealth.NOT_NEEDED, now, SECOND, "429");
        none.worked(CredentialHealth.NOT_NEEDED);
        assertThat(none.available(now)).isTrue();
    }

    @Test
    void goodOnesTakeTurns() {
        assertThat(taken(300, 0)).containsOnly(Map.entry(0, 100), Map.entry(1, 100), Map.entry(2, 100));
    }

    @Test
    void theTurnsOfABadOneAreSpreadOverTheOthers() {
        keys.refused(1, now, "401 invalid_api_key");
        assertThat(taken(300, 0)).containsOnly(Map.entry(0, 150), Map.entry(2, 150));
    }

    @Test
    void sessionsKeepTheirKeyAndOnlyThoseOfABadOneMove() {
        Map<Long, Integer> before = new HashMap<>();
        for (long session = 1; session <= 300; session++) {
            before.put(session, keys.take(now, session));
            assertThat(keys.take(now, session)).isEqualTo(before.get(session));
        }
        assertThat(before.values()).contains(0, 1, 2);
        keys.limited(1, now, SECOND, "429");
        before.forEach((session, key) -> {
            if (key == 1) {
                assertThat(keys.take(now, session)).isIn(0, 2);
            } else {
                assertThat(keys.take(now, session)).isEqualTo(key);
            }
        });
    }

    @Test
    void retryAfterParksExactlyThatKey() {
        keys.limited(0, now, 20 * SECOND, "429");
        assertThat(taken(100, 0)).containsOnlyKeys(1, 2);
        assertThat(keys.states(now).getFirst())
                .isEqualTo(new CredentialState(
                        "p",
                        0,
                        keys.states(now).getFirst().fingerprint(),
                        State.PARKED,
                        "limited: 429",
                        20 * SECOND,
                        Instant.EPOCH));
        now += 20 * SECOND;
        assertThat(taken(99, 0)).containsOnlyKeys(0, 1, 2);
        assertThat(keys.states(now)).extracting(CredentialState::state).containsOnly(State.HEALTHY);
        assertThat(changes).extracting(HealthChange::to).containsExactly(State.PARKED, State.HEALTHY);
    }

    @Test
    void whenAllAreParkedTheEarliestTellsHowLong() {
        keys.limited(0, now, 20 * SECOND, "429");
        keys.limited(1, now, 5 * SECOND, "429");
        keys.limited(2, now, 9 * SECOND, "429");
        assertThat(keys.take(now, 0)).isEqualTo(CredentialHealth.NOT_NOW);
        assertThat(keys.take(now, 77)).isEqualTo(CredentialHealth.NOT_NOW);
        assertThat(keys.left(now)).isEqualTo(5 * SECOND);
        assertThat(keys.out()).isFalse();
    }

    @Test
    void aRefusedKeyIsTriedOnceInFiveMinutesUntilItWorks() {
        for (int i = 0; i < 3; i++) {
            keys.refused(i, now, "402 insufficient_quota");
        }
        assertThat(keys.out()).isTrue();
        assertThat(keys.take(now, 0)).isEqualTo(CredentialHealth.NOT_NOW);
        now += 5 * MINUTE - 1;
        assertThat(keys.available(now)).isFalse();
        now += 1;
        assertThat(List.of(keys.take(now, 0), keys.take(now, 0), keys.take(now, 0)))
                .containsExactly(0, 1, 2);
        assertThat(keys.take(now, 0)).isEqualTo(CredentialHealth.NOT_NOW);
        keys.worked(1);
        keys.refused(2, now, "402 insufficient_quota");
        assertThat(taken(10, 0)).containsOnlyKeys(1);
        now += 5 * MINUTE;
        assertThat(keys.take(now, 0))
                .as("the trial that never reported, once more")
                .isEqualTo(0);
    }

    @Test
    void noSecretIsShownAnywhere() {
        keys.refused(0, now, "401 invalid_api_key");
        keys.limited(1, now, SECOND, "429");
        assertThat(changes.toString() + keys.states(now) + health.credentials(now))
                .doesNotContain("sk-")
                .doesNotContain("secret");
        assertThat(changes.getFirst().name()).matches("p key 1 \\([0-9a-f]{8}\\)");
        assertThat(changes.getFirst().to()).isEqualTo(State.OUT);
        assertThat(changes.getFirst().reason()).isEqualTo("refused: 401 invalid_api_key");
    }

    private Map<Integer, Integer> taken(int times, long affinity) {
        Map<Integer, Integer> counts = new HashMap<>();
        for (int i = 0; i < times; i++) {
            counts.merge(keys.take(now, affinity), 1, Integer::sum);
        }
        return counts;
    }
}
