package dev.tidemill.core.health;

import static dev.tidemill.core.health.Plan.MINUTE;
import static dev.tidemill.core.health.Plan.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Target;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HealthTest {
    private final Health health = new Health(7, 16, () -> Instant.EPOCH, HealthListener.NONE);
    private final Provider p = Plan.provider("p", "sk-one", "sk-two");
    private final Provider q = Plan.provider("q");
    private long now = Plan.START;

    @Test
    void oneBadModelDoesNotCloseItsNeighbours() {
        TargetHealth bad = health.target("p", "bad", Policy.DEFAULT, now);
        TargetHealth neighbour = health.target("p", "good", Policy.DEFAULT, now);
        fail(bad, 5);
        assertThat(bad.standing(now, false)).isEqualTo(Standing.SHUT);
        assertThat(neighbour.standing(now, false)).isEqualTo(Standing.READY);
        assertThat(health.credentials(p, bad).available(now)).isTrue();
        assertThat(health.host(p).open()).isTrue();
    }

    @Test
    void aReloadKeepsWhatIsKnownByName() {
        health.reload(Plan.routes(1, Plan.model("m", Plan.target(p, 1, 1))), now);
        TargetHealth target = health.target("p", "m", Policy.DEFAULT, now);
        fail(target, 5);
        health.credentials(p, target).refused(1, now, "401");
        health.host(p).refused(now, "refused");
        int revision = health.revision();

        Provider moved = Plan.provider("p", "sk-zero", "sk-two");
        health.reload(Plan.routes(2, Plan.model("m", Plan.target(moved, 2, 7))), now);
        assertThat(health.revision()).isNotEqualTo(revision);
        assertThat(health.target("p", "m", Policy.DEFAULT, now)).isSameAs(target);
        assertThat(health.credentials(now))
                .extracting(CredentialState::index, CredentialState::state)
                .containsExactly(tuple(0, State.HEALTHY), tuple(1, State.OUT));
        assertThat(health.hosts(now)).extracting(HostState::state).containsExactly(State.DOWN);
    }

    @Test
    void anExchangeOfTheOldConfigurationDoesNotBringItsKeysBack() {
        health.reload(Plan.routes(1, Plan.model("m", Plan.target(p, 1, 1))), now);
        Provider moved = Plan.provider("p", "sk-zero");
        health.reload(Plan.routes(2, Plan.model("m", Plan.target(moved, 1, 1))), now);
        TargetHealth target = health.target("p", "m", Policy.DEFAULT, now);
        assertThat(health.credentials(p, target).choose(now, 0, 0)).isBetween(0, 1);
        assertThat(health.credentials(now)).hasSize(1);
    }

    @Test
    void whatTheConfigurationNoLongerHasIsForgotten() {
        health.reload(Plan.routes(1, Plan.model("m", Plan.target(p, 1, 1), Plan.target(q, 1, 1))), now);
        health.target("p", "m", Policy.DEFAULT, now);
        health.target("q", "m", Policy.DEFAULT, now);
        health.reload(Plan.routes(2, Plan.model("m", Plan.target(q, 1, 1))), now);
        assertThat(health.targets(now)).extracting(TargetState::provider).containsExactly("q");
        assertThat(health.credentials(now)).isEmpty();
        assertThat(health.hosts(now)).extracting(HostState::name).containsExactly("q.example:80");
    }

    @Test
    void aReloadChangesTheRules() {
        health.reload(Plan.routes(1, Plan.model("m", Plan.target(p, 1, 1))), now);
        TargetHealth target = health.target("p", "m", Policy.DEFAULT, now);
        fail(target, 1);
        Policy strict = Plan.breaker(2, Duration.ofMinutes(5), Duration.ofSeconds(30));
        health.reload(Plan.routes(2, Plan.model("m", strict, Plan.target(p, 1, 1))), now);
        fail(target, 1);
        assertThat(target.standing(now, false)).isEqualTo(Standing.SHUT);
    }

    @Test
    void ofTwoModelsWithOneTargetTheMoreCarefulOneCounts() {
        Policy strict = Plan.breaker(2, Duration.ofMinutes(5), Duration.ofSeconds(30));
        Target target = new Target(p, "x", "", 1, 1, false, 0);
        health.reload(
                Plan.routes(
                        1,
                        Plan.model("a", Plan.breakerOff(), target),
                        Plan.model("b", strict, target),
                        Plan.model("c", target)),
                now);
        TargetHealth shared = health.target("p", "x", Plan.breakerOff(), now);
        fail(shared, 2);
        assertThat(shared.standing(now, false)).isEqualTo(Standing.SHUT);
        assertThat(shared.standing(now, true)).isEqualTo(Standing.READY);
    }

    @Test
    void namesThatCallersMakeUpAreBoundedAndTheConfiguredOnesStay() {
        health.reload(Plan.routes(1, Plan.model("m", Plan.target(p, 1, 1))), now);
        TargetHealth configured = health.target("p", "m", Policy.DEFAULT, now);
        TargetHealth busy = health.target("p", "busy", Policy.DEFAULT, now);
        for (int i = 0; i < 1_000; i++) {
            now += SECOND / 1_000;
            health.target("p", "made-up-" + i, Policy.DEFAULT, now);
            busy.dropped(busy.begin(now, false), now);
        }
        assertThat(health.targets(now)).hasSizeLessThanOrEqualTo(17);
        assertThat(health.target("p", "m", Policy.DEFAULT, now)).isSameAs(configured);
        assertThat(health.target("p", "busy", Policy.DEFAULT, now)).isSameAs(busy);
    }

    @Test
    void aMadeUpNameThatNobodyUsesIsForgottenAfterTenMinutes() {
        health.reload(Plan.routes(1, Plan.model("m", Plan.target(p, 1, 1))), now);
        health.target("p", "m", Policy.DEFAULT, now);
        health.target("p", "made-up", Policy.DEFAULT, now);
        long used = health.target("p", "in-use", Policy.DEFAULT, now).begin(now, false);
        assertThat(used).isNotZero();
        assertThat(health.targets(now + 9 * MINUTE)).hasSize(3);
        assertThat(health.targets(now + 11 * MINUTE))
                .extracting(TargetState::model)
                .containsExactly("in-use", "m");
    }

    @Test
    void aCapacityThatIsTooSmallIsRefused() {
        assertThatThrownBy(() -> new Health(1, 0, () -> Instant.EPOCH, HealthListener.NONE))
                .hasMessage("capacity: 0 (expected: >= 8)");
    }

    private void fail(TargetHealth target, int times) {
        for (int i = 0; i < times; i++) {
            target.failed(target.begin(now, false), now, "upstream_timeout");
        }
    }
}
