package dev.tidemill.simulator.openai;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StoredResponsesTest {
    private final StoredResponses stored = new StoredResponses("a");

    private static StoredResponses.Stored response(int length) {
        return new StoredResponses.Stored("x".repeat(length), null, false, 1);
    }

    @Test
    void theOldestOfMoreThanAThousandIsForgotten() {
        String first = stored.nextId();
        stored.put(first, response(10));
        for (int i = 0; i < 1_000; i++) {
            assertThat(stored.find(first)).isNotNull();
            stored.put(stored.nextId(), response(10));
        }
        assertThat(stored.find(first)).isNull();
    }

    @Test
    void longOnesPushOutTheOthers() {
        String first = stored.nextId();
        stored.put(first, response(10 << 20));
        String second = stored.nextId();
        stored.put(second, response(10 << 20));
        assertThat(stored.find(first)).isNull();
        assertThat(stored.find(second)).isNotNull();
        stored.remove(second);
        stored.put(first, response(10));
        stored.put(second, response(10));
        assertThat(stored.find(first)).isNotNull();
    }

    @Test
    void whatWasCancelledStaysSo() {
        String id = stored.nextId();
        stored.put(id, new StoredResponses.Stored("running", "cancelled", true, 1));
        assertThat(stored.cancel(id).json()).isEqualTo("cancelled");
        stored.end(id, response(10));
        assertThat(stored.cancel(id).json()).isEqualTo("cancelled");
        assertThat(stored.cancel("another")).isNull();
    }
}
