package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** How much garbage a warm loop makes of one plain exchange: printed, and bounded generously. */
class AllocationTest {
    private static final int WARM = 3_000;
    private static final int MEASURED = 2_000;

    @Test
    void aPlainExchangeOnAWarmLoop() throws Exception {
        ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED); // it allocates for every buffer
        try (RelayFixture fixture = new RelayFixture();
                HttpClient client = fixture.client()) {
            for (boolean stream : new boolean[] {false, true}) {
                String request = fixture.chat("sim-tokens=8", stream);
                ask(client, request, WARM);
                long before = loops();
                ask(client, request, MEASURED);
                long each = (loops() - before) / MEASURED;
                System.out.printf(
                        Locale.ROOT, "allocated on the loop for one exchange, stream %s: %,d bytes%n", stream, each);
                assertThat(each).isLessThan(16_000);
            }
        } finally {
            ResourceLeakDetector.setLevel(level);
        }
    }

    private static void ask(HttpClient client, String request, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            assertThat(client.ask(request).status()).isEqualTo(200);
        }
    }

    private static long loops() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("loop-")) {
                bytes += threads.getThreadAllocatedBytes(thread.threadId());
            }
        }
        return bytes;
    }
}
