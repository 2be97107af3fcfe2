package dev.tidemill.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class UsageTest {
    @Test
    void reasoningIsNotCountedTwice() {
        Usage usage = new Usage(10, 20, 3, 4, 50, 40);
        assertThat(usage.input()).isEqualTo(37);
        assertThat(usage.total()).isEqualTo(87);
        assertThat(usage.plus(usage)).isEqualTo(new Usage(20, 40, 6, 8, 100, 80));
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new Usage(0, -1, 0, 0, 0, 0)).hasMessageContaining("expected: >= 0");
        assertThatThrownBy(() -> new Usage(0, 0, 0, 0, 1, 2)).hasMessageContaining("reasoning <= output");
        Usage most = new Usage(Long.MAX_VALUE, 0, 0, 0, 0, 0);
        assertThatThrownBy(() -> most.plus(most)).isInstanceOf(ArithmeticException.class);
    }
}
