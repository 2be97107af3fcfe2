package dev.tidemill.core.health;

import static dev.tidemill.core.health.Plan.MINUTE;
import static dev.tidemill.core.health.Plan.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Provider;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CredentialHealthTest {
    private final List<HealthChange> changes = new ArrayList<>();
    private final Health health = new Health(7, 100, () -> Instant.EPOCH, changes::add);
    private final Provider p = Plan.provider("p", "sk-secret-one", "sk-two", "sk-three");
    private final CredentialHealth keys = of(p, "m");
    private long now = Plan.START;

    private CredentialHealth of(Provider provider, String model) {
        return health.credentials(provider, health.target(provider.name(), model, Policy.DEFAULT, Plan.START));
    }

    @Test
    void aProviderWithoutKeysNeedsNone() {
        CredentialHealth none = of(Plan.provider("q"), "m");
        assertThat(none.available(now)).isTrue();
        assertThat(none.out()).isFalse();
        assertThat(none.choose(now, 0, 0)).isEqualTo(CredentialHealth.NOT_NEEDED);
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
            before.put(session, take(session));
            assertThat(take(session)).isEqualTo(before.get(session));
        }
        assertThat(before.values()).contains(0, 1, 2);
        keys.limited(1, now, SECOND, "429");
        before.forEach((session, key) -> {
            if (key == 1) {
                assertThat(take(session)).isIn(0, 2);
            } else {
                assertThat(take(session)).isEqualTo(key);
            }
        });
    }

    @Test
    void retryAfterParksExactlyThatKey() {
        keys.limited(0, now, 20 * SECOND, "429");
        assertThat(taken(100, 0)).containsOnlyKeys(1, 2);
        assertThat(health.credentials(now).getFirst())
                .isEqualTo(new CredentialState(
                        "p", 0, keys.fingerprint(0), State.PARKED, "limited with m: 429", 20 * SECOND, Instant.EPOCH));
        now += 20 * SECOND;
        assertThat(taken(99, 0)).containsOnlyKeys(0, 1, 2);
        assertThat(health.credentials(now)).extracting(CredentialState::state).containsOnly(State.HEALTHY);
        assertThat(changes).extracting(HealthChange::to).containsExactly(State.PARKED, State.HEALTHY);
    }

    @Test
    void aLimitReachedWithOneModelLeavesTheKeyToTheOthers() {
        CredentialHealth others = of(p, "other");
        keys.limited(0, now, 20 * SECOND, "429");
        for (int i = 0; i < 30; i++) {
            assertThat(keys.choose(now, 0, 0)).isNotZero();
        }
        assertThat(List.of(others.choose(now, 0, 0), others.choose(now, 0, 0), others.choose(now, 0, 0)))
                .containsExactlyInAnyOrder(0, 1, 2);
        assertThat(of(p, "m").leftOf(0, now)).as("after a reload").isEqualTo(20 * SECOND);
        assertThat(of(p, "other").leftOf(0, now)).isZero();
    }

    @Test
    void aKeyThatTheConfigurationNoLongerHasIsForgotten() {
        keys.limited(0, now, 20 * SECOND, "429");
        keys.limited(1, now, 20 * SECOND, "429");
        Provider fewer = Plan.provider("p", "sk-two");
        health.reload(Plan.routes(2, Plan.model("m", Plan.target(fewer, 1, 1))), now);
        health.reload(Plan.routes(3, Plan.model("m", Plan.target(p, 1, 1))), now);
        CredentialHealth again = of(p, "m");
        assertThat(again.leftOf(0, now)).isZero();
        assertThat(again.leftOf(1, now)).isEqualTo(20 * SECOND);
    }

    @Test
    void whatRefusesAKeyTakesItFromAllModels() {
        CredentialHealth others = of(p, "other");
        keys.refused(0, now, "401");
        assertThat(others.leftOf(0, now)).isEqualTo(keys.leftOf(0, now)).isPositive();
    }

    @Test
    void whenAllAreParkedTheEarliestTellsHowLong() {
        keys.limited(0, now, 20 * SECOND, "429");
        keys.limited(1, now, 5 * SECOND, "429");
        keys.limited(2, now, 9 * SECOND, "429");
        assertThat(take(0)).isEqualTo(CredentialHealth.NOT_NOW);
        assertThat(take(77)).isEqualTo(CredentialHealth.NOT_NOW);
        assertThat(keys.left(now)).isEqualTo(5 * SECOND);
        assertThat(keys.out()).isFalse();
    }

    @Test
    void aRefusedKeyIsTriedOnceInFiveMinutesUntilItWorks() {
        for (int i = 0; i < 3; i++) {
            keys.refused(i, now, "402 insufficient_quota");
        }
        assertThat(keys.out()).isTrue();
        assertThat(take(0)).isEqualTo(CredentialHealth.NOT_NOW);
        now += 5 * MINUTE - 1;
        assertThat(keys.available(now)).isFalse();
        now += 1;
        assertThat(List.of(take(0), take(0), take(0))).containsExactly(0, 1, 2);
        assertThat(take(0)).isEqualTo(CredentialHealth.NOT_NOW);
        keys.worked(1);
        keys.refused(2, now, "402 insufficient_quota");
        assertThat(taken(10, 0)).containsOnlyKeys(1);
        now += 5 * MINUTE;
        assertThat(take(0)).as("the trial that never reported, once more").isEqualTo(0);
    }

    @Test
    void noSecretIsShownAnywhere() {
        keys.refused(0, now, "401 invalid_api_key");
        keys.limited(1, now, SECOND, "429");
        assertThat(changes.toString() + health.credentials(now))
                .doesNotContain("sk-")
                .doesNotContain("secret");
        assertThat(changes.getFirst().name()).matches("p key 1 \\([0-9a-f]{8}\\)");
        assertThat(changes.getFirst().to()).isEqualTo(State.OUT);
        assertThat(changes.getFirst().reason()).isEqualTo("refused: 401 invalid_api_key");
    }

    @Test
    void whatIsChosenWithoutOneGoesToTheOthers() {
        for (long session = 0; session < 100; session++) {
            int first = keys.choose(now, session, 0);
            int second = keys.choose(now, session, CredentialHealth.bit(first));
            int third = keys.choose(now, session, CredentialHealth.bit(first) | CredentialHealth.bit(second));
            assertThat(List.of(first, second, third)).containsExactlyInAnyOrder(0, 1, 2);
            assertThat(keys.choose(now, session, 0b111)).isEqualTo(CredentialHealth.NOT_NOW);
        }
    }

    @Test
    void onlyWhoTakesARefusedKeyHasTriedIt() {
        keys.refused(1, now, "401");
        now += 5 * MINUTE;
        assertThat(keys.choose(now, 7, 0)).isEqualTo(1);
        assertThat(keys.choose(now, 7, 0b010)).isNotEqualTo(1);
        assertThat(keys.choose(now, 7, 0)).as("it was not taken").isEqualTo(1);
        assertThat(keys.take(1, now)).isTrue();
        assertThat(keys.take(1, now)).as("one in five minutes").isFalse();
        assertThat(keys.choose(now, 7, 0)).isNotEqualTo(1);
    }

    private int take(long affinity) {
        int key = keys.choose(now, affinity, 0);
        assertThat(keys.take(key, now)).isTrue();
        return key;
    }

    private Map<Integer, Integer> taken(int times, long affinity) {
        Map<Integer, Integer> counts = new HashMap<>();
        for (int i = 0; i < times; i++) {
            counts.merge(take(affinity), 1, Integer::sum);
        }
        return counts;
    }
}
