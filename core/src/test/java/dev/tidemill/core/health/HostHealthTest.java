package dev.tidemill.core.health;

import static dev.tidemill.core.health.Plan.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostHealthTest {
    private final List<HealthChange> changes = new ArrayList<>();
    private final Health health = new Health(7, 100, () -> Instant.EPOCH, changes::add);
    private final HostHealth host = health.host(Plan.provider("p"));
    private long now = Plan.START;

    @Test
    void oneRefusedConnectionClosesItForAMoment() {
        assertThat(host.take(now)).isTrue();
        assertThat(host.open()).isTrue();
        host.refused(now, "upstream_connect_failed");
        assertThat(host.open()).isFalse();
        assertThat(host.take(now)).isFalse();
        assertThat(host.left(now)).isEqualTo(SECOND);
        assertThat(host.state(now))
                .isEqualTo(new HostState(
                        "p.example:80", State.DOWN, "no connection: upstream_connect_failed", SECOND, Instant.EPOCH));
    }

    @Test
    void thenOneAttemptASecondFindsOutUntilAConnectionStands() {
        host.refused(now, "upstream_connect_failed");
        for (int i = 0; i < 10; i++) {
            now += SECOND;
            assertThat(host.take(now)).isTrue();
            assertThat(host.take(now)).isFalse();
        }
        host.connected();
        assertThat(host.take(now)).isTrue();
        assertThat(host.take(now)).isTrue();
        assertThat(changes).extracting(HealthChange::to).containsExactly(State.DOWN, State.HEALTHY);
    }

    @Test
    void providersOnOneHostShareItAndOthersDoNot() {
        Provider same = Plan.provider("q", "http://p.example/v2", Protocol.ANTHROPIC);
        assertThat(health.host(same)).isSameAs(host);
        assertThat(health.host(Plan.provider("r", "https://p.example/v1", Protocol.OPENAI)))
                .isNotSameAs(host);
    }
}
