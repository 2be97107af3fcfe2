package dev.tidemill.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
    @Test
    void sizesDurationsAndSharesAreExact() {
        assertThat(Units.bytes("4MiB")).isEqualTo(4 << 20);
        assertThat(Units.bytes("4 MB")).isEqualTo(4_000_000);
        assertThat(Units.bytes("17")).isEqualTo(17);
        assertThat(Units.duration("1h30m")).isEqualTo(Duration.ofMinutes(90));
        assertThat(Units.duration("250ms")).isEqualTo(Duration.ofMillis(250));
        assertThat(Units.duration("30d")).isEqualTo(Duration.ofDays(30));
        assertThat(Units.share("10%")).isEqualTo(0.1);
        assertThat(Units.share("0.1")).isEqualTo(0.1);
        assertThat(Units.quantile("p95")).isEqualTo(0.95);
        assertThat(Units.show(Units.bytes("4MiB"))).isEqualTo("4MiB");
        assertThat(Units.show(Units.duration("1h30m"))).isEqualTo("90m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5 s", "s", "-5s", "5s5", "999999999999d", "1m1m1x"})
    void whatIsNoDurationIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Units.duration(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "-1", "4mib", "999999999999999999TiB", "1.5MiB"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Units.bytes(text));
    }
}
