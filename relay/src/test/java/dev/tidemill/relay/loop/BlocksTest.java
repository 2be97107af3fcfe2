package dev.tidemill.relay.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlocksTest {
    private static final int LIMIT = 1 << 20;

    private final Memory memory = new Memory(LIMIT);
    private final Blocks blocks = new Blocks(memory);

    @ParameterizedTest
    @CsvSource({"1, 4096", "4096, 4096", "4097, 16384", "16384, 16384", "16385, 32768", "200000, 262144"})
    void aRequestHoldsLittleMoreThanItNeeds(int wanted, int size) {
        byte[] block = Objects.requireNonNull(blocks.take(wanted));
        assertThat(block).hasSize(size);
        assertThat(memory.used()).isEqualTo(size);
        blocks.give(block);
        assertThat(memory.used()).isZero();
    }

    @Test
    void smallOnesAreHandedOutAgainEachForItsSize() {
        byte[] least = Objects.requireNonNull(blocks.take(3000));
        byte[] small = Objects.requireNonNull(blocks.take(9000));
        blocks.give(small);
        blocks.give(least);
        assertThat(blocks.take(9000)).isSameAs(small);
        assertThat(blocks.take(3000)).isSameAs(least);
    }

    @Test
    void thereIsNoneWhenMemoryIsUsedUp() {
        byte[] all = Objects.requireNonNull(blocks.take(LIMIT));
        assertThat(blocks.take(1)).isNull();
        blocks.give(all);
        assertThat(blocks.take(1)).isNotNull();
    }
}
