package dev.tidemill.core.health;

import static dev.tidemill.core.health.Plan.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private long now = Plan.START;
    private final RetryBudget budget = new RetryBudget(0.1, now);

    @Test
    void aQuietTargetMayBeRetriedTenTimesInTenSeconds() {
        assertThat(take(100)).isEqualTo(10);
        now += 10 * SECOND;
        assertThat(take(100)).isEqualTo(10);
    }

    @Test
    void aTenthOfTheFirstTriesComesOnTop() {
        attempt(1_000);
        assertThat(take(1_000)).isEqualTo(110);
    }

    @Test
    void retriesEarnNoRetries() {
        attempt(100);
        assertThat(take(1_000)).isEqualTo(20);
    }

    @Test
    void whatWasSentLongerAgoThanTenSecondsEarnsNothing() {
        attempt(1_000);
        now += 10 * SECOND;
        assertThat(budget.left(now)).isEqualTo(10);
    }

    @Test
    void inAnOutageWhereEverythingFailsTheLoadGrowsByATenthAndTheFloor() {
        int sent = 0;
        for (int second = 0; second < 60; second++) {
            for (int i = 0; i < 200; i++) {
                budget.attempted(now);
                sent++;
                for (int retry = 0; retry < 2 && budget.take(now); retry++) {
                    budget.attempted(now);
                    sent++;
                }
                now += SECOND / 200;
            }
        }
        assertThat(sent).isBetween(12_000 + 1_000, 12_000 + 1_400);
    }

    @Test
    void manyThreadsNeverTakeMoreThanThereIs() throws InterruptedException {
        attempt(900);
        AtomicInteger taken = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                threads.execute(() -> {
                    try {
                        go.await(10, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    taken.addAndGet(take(100));
                });
            }
            go.countDown();
        }
        assertThat(taken.get()).isEqualTo(100);
    }

    private void attempt(int times) {
        for (int i = 0; i < times; i++) {
            budget.attempted(now);
        }
    }

    private int take(int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            if (budget.take(now)) {
                budget.attempted(now);
                taken++;
            }
        }
        return taken;
    }
}
