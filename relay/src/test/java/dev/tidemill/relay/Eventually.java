package dev.tidemill.relay;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Waits for what other threads bring about; the limit is only there so that a test that fails also ends. */
public final class Eventually {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Eventually() {}

    public static void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("still not so after " + LIMIT);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Until the assertions hold. */
    public static void holds(ThrowingCallable assertions) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                assertions.call();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
