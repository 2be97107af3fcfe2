package dev.tidemill.server.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class SignalsTest {
    @Test
    void aHangUpRunsWhatWasAskedFor() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        Assumptions.assumeTrue(Signals.on("HUP", ran::countDown), "no SIGHUP on this system");

        new ProcessBuilder("kill", "-HUP", Long.toString(ProcessHandle.current().pid()))
                .start()
                .waitFor();

        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anUnknownSignalIsSaidToBeNone() {
        assertThat(Signals.on("NOSUCH", () -> {})).isFalse();
    }
}
