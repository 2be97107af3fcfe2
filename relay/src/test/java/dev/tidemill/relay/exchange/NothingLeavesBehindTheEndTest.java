package dev.tidemill.relay.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.Failure;
import dev.tidemill.core.route.Policy;
import dev.tidemill.relay.HttpClient;
import dev.tidemill.relay.RelayFixture;
import dev.tidemill.relay.RelayOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What is due in the same tick in which an exchange ends is not written behind its end. */
class NothingLeavesBehindTheEndTest {
    /** Fails the first exchange when it is woken, at which time its stream is to be opened, too. */
    private static final class WakesToFail implements Phase {
        private final AtomicBoolean waited = new AtomicBoolean();
        private final AtomicBoolean failed = new AtomicBoolean();

        @Override
        public Step run(Exchange exchange) {
            if (waited.compareAndSet(false, true)) {
                exchange.watch().wakeAt(System.nanoTime());
                hold(); // the loop, so that both are due when it next looks
                return Step.WAIT;
            }
            if (failed.compareAndSet(false, true)) {
                exchange.fail(Failure.overloaded("no room", Duration.ofSeconds(1)));
                return Step.FAIL;
            }
            return Step.NEXT;
        }

        private static void hold() {
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void noStreamIsOpenedBehindAnError() throws Exception {
        Policy usual = Policy.DEFAULT;
        Policy early = new Policy(
                usual.clocks(),
                usual.retry(),
                usual.breaker(),
                usual.onBreak(),
                usual.badEvent(),
                usual.clientGone(),
                usual.heartbeat(),
                Duration.ofMillis(100),
                usual.hedge(),
                usual.resume());
        List<Phase> life = new ArrayList<>(Exchange.LIFE);
        life.add(5, new WakesToFail());
        try (RelayFixture fixture = new RelayFixture(RelayOptions.defaults(), early, List.copyOf(life), List.of());
                HttpClient client = fixture.client()) {
            assertThat(client.ask(fixture.chat("m", true)).status()).isEqualTo(503);
            HttpClient.Answer next = client.ask(fixture.chat("m", false));
            assertThat(next.body()).startsWith("{").contains("choices");
            fixture.atRest();
        }
    }
}
