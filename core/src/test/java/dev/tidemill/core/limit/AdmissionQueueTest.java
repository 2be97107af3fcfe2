package dev.tidemill.core.limit;

import static dev.tidemill.core.limit.Priority.HIGH;
import static dev.tidemill.core.limit.Priority.LOW;
import static dev.tidemill.core.limit.Priority.NORMAL;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdmissionQueueTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;

    private final List<String> told = new ArrayList<>();
    private final Concurrency room = new Concurrency(1);
    private long now = -3 * SECOND;

    /** A gate of so many places. */
    private record Places(Concurrency room) implements Gate {
        @Override
        public long tryEnter(long now) {
            return room.tryEnter() ? 0 : FULL;
        }

        @Override
        public long waitFor(long now) {
            return room.full() ? FULL : 0;
        }

        @Override
        public boolean own() {
            return false;
        }

        @Override
        public void leave(long now) {
            room.leave();
        }
    }

    private AdmissionQueue queue = new AdmissionQueue(new AdmissionQueue.Terms(1_000, 5 * SECOND, 8));

    private Ticket wait(String key, Priority priority, String name) {
        return wait(key, priority, name, MINUTE * 10);
    }

    private Ticket wait(String key, Priority priority, String name, long maxWait) {
        return queue.enqueue(
                key,
                priority,
                new Places(room),
                maxWait,
                AdmissionQueue.NEVER,
                Runnable::run,
                () -> told.add(name),
                now);
    }

    private void busy() {
        assertThat(queue.tryPass(new Places(room), now)).isTrue();
        assertThat(queue.tryPass(new Places(room), now)).isFalse();
    }

    private void release() {
        room.leave();
        queue.advance(now);
    }

    @Test
    void keysTakeTurnsAndEachKeysOwnComeInOrder() {
        busy();
        wait("a", NORMAL, "a1");
        wait("a", NORMAL, "a2");
        wait("a", NORMAL, "a3");
        wait("b", NORMAL, "b1");
        wait("c", NORMAL, "c1");
        wait("b", NORMAL, "b2");
        for (int i = 0; i < 6; i++) {
            release();
        }
        assertThat(told).containsExactly("a1", "b1", "c1", "a2", "b2", "a3");
        assertThat(queue.size()).isZero();
    }

    @Test
    void highGoesFirstAndNormalBeforeLow() {
        busy();
        wait("a", LOW, "low");
        wait("a", NORMAL, "normal");
        wait("b", HIGH, "high");
        now += MINUTE;
        Ticket late = wait("b", HIGH, "late high");
        assertThat(late.position()).isEqualTo(1);
        release();
        release();
        assertThat(told).containsExactly("high", "late high");
        release();
        release();
        assertThat(told).endsWith("normal", "low");
    }

    @Test
    void anAgedLowTakesTurnsWithNormalAndAFreshOneDoesNot() {
        busy();
        wait("a", LOW, "low");
        wait("a", NORMAL, "n1");
        wait("a", NORMAL, "n2");
        release();
        release();
        assertThat(told).containsExactly("n1", "n2");
        now += 6 * SECOND;
        wait("a", NORMAL, "n3");
        wait("a", NORMAL, "n4");
        release();
        assertThat(told).endsWith("low");
    }

    @Test
    void underEndlessHighTheAgedLowGetsOneTurnInEight() {
        busy();
        wait("l", LOW, "low");
        wait("h", HIGH, "high");
        wait("h", HIGH, "high");
        for (int i = 0; i < 40; i++) {
            now += SECOND;
            wait("h", HIGH, "high");
            release();
        }
        assertThat(told.indexOf("low")).isBetween(5, 8);
        assertThat(told.stream().filter("high"::equals)).hasSize(39);
    }

    /** A thousand tokens are free each second, and a high one takes them each second. */
    @Test
    void anAgedLowOneThatNeedsMoreThanAHighOneGetsItsTurnAllTheSame() {
        Allowance model = new Allowances(1).of("m", 0, 60_000, 0, now);
        assertThat(queue.tryPass(new Admission(null, model, 60_000), now)).isTrue();
        standsFor(model, LOW, 6_000, "low");
        int high = 0;
        for (int i = 0; i < 120 && !told.contains("low"); i++) {
            standsFor(model, HIGH, 1_000, "high");
            now += SECOND;
            queue.advance(now);
            high = (int) told.stream().filter("high"::equals).count();
        }
        assertThat(told).contains("low");
        assertThat(high).describedAs("high goes on before its turn").isGreaterThanOrEqualTo(7);
    }

    private void standsFor(Allowance model, Priority priority, long tokens, String name) {
        queue.enqueue(
                name,
                priority,
                new Admission(null, model, tokens),
                10 * MINUTE,
                AdmissionQueue.NEVER,
                Runnable::run,
                () -> told.add(name),
                now);
    }

    @Test
    void aLowOneThatCameLaterNeverGoesBeforeAHighOne() {
        Seeds.each(100, random -> {
            queue = new AdmissionQueue(new AdmissionQueue.Terms(1_000, 5 * SECOND, 8));
            List<Ticket> waiting = new ArrayList<>();
            room.change(1 + random.nextInt(3));
            int used = 0;
            int highRun = 0;
            for (int step = 0; step < 1_000; step++) {
                now += random.nextLong(SECOND);
                if (random.nextInt(5) < 3) {
                    Ticket ticket = wait(
                            "k" + random.nextInt(4),
                            Priority.values()[random.nextInt(3)],
                            "",
                            random.nextLong(2 * MINUTE));
                    used += ticket.state() == Ticket.State.GRANTED ? 1 : 0;
                    if (ticket.state() == Ticket.State.WAITING) {
                        waiting.add(ticket);
                    }
                } else if (used > 0) {
                    room.leave();
                    used--;
                    queue.advance(now);
                }
                int high = (int) waiting.stream()
                        .filter(t -> t.state() == Ticket.State.WAITING && t.priority == HIGH)
                        .count();
                for (Ticket ticket : waiting) {
                    if (ticket.state() != Ticket.State.GRANTED) {
                        continue;
                    }
                    used++;
                    if (ticket.priority == HIGH) {
                        highRun++;
                    } else if (high > 0) {
                        assertThat(highRun).isGreaterThanOrEqualTo(7);
                        long oldest = waiting.stream()
                                .filter(t -> t.priority != HIGH)
                                .mapToLong(t -> t.since)
                                .min()
                                .orElseThrow();
                        assertThat(now - oldest).isGreaterThan(5 * SECOND);
                        assertThat(waiting)
                                .filteredOn(t -> t.state() == Ticket.State.WAITING && t.priority == HIGH)
                                .anyMatch(t -> t.since - oldest > 0);
                        highRun = 0;
                    } else {
                        highRun = 0;
                    }
                }
                waiting.removeIf(t -> t.state() != Ticket.State.WAITING);
                assertThat(queue.size()).isEqualTo(waiting.size());
            }
            queue.advance(now + 10 * MINUTE);
            while (used-- > 0) {
                room.leave();
            }
            while (room.inUse() > 0) {
                room.leave();
            }
        });
    }

    @Test
    void nobodyIsServedMuchMoreThanTheOthersInHisLevel() {
        Seeds.each(20, random -> {
            queue = new AdmissionQueue(AdmissionQueue.Terms.DEFAULT);
            busy();
            Map<String, Integer> served = new HashMap<>();
            List<Ticket> tickets = new ArrayList<>();
            for (int k = 0; k < 10; k++) {
                String key = "k" + k;
                for (int i = 30 + random.nextInt(100); i > 0; i--) {
                    tickets.add(queue.enqueue(
                            key,
                            NORMAL,
                            new Places(room),
                            MINUTE,
                            AdmissionQueue.NEVER,
                            Runnable::run,
                            () -> served.merge(key, 1, Integer::sum),
                            now));
                }
            }
            for (int i = 0; i < 300; i++) {
                release();
            }
            assertThat(served.values()).allMatch(n -> n == 30);
            tickets.forEach(t -> queue.leave(t, now));
            room.leave();
        });
    }

    @Test
    void whoLeavesMakesRoomInTheLineAtOnce() {
        busy();
        Ticket first = wait("a", NORMAL, "a1");
        Ticket second = wait("a", NORMAL, "a2");
        queue.leave(first, now);
        queue.leave(first, now);
        assertThat(first.state()).isEqualTo(Ticket.State.LEFT);
        assertThat(second.position()).isEqualTo(1);
        release();
        assertThat(told).containsExactly("a2");
        queue.leave(second, now);
        assertThat(second.state()).isEqualTo(Ticket.State.GRANTED);
        assertThat(queue.counts(now).left()).isEqualTo(1);
    }

    @Test
    void theLongestWaitAndTheDeadlineEndThePlace() {
        busy();
        Ticket a = wait("a", NORMAL, "a", 3 * SECOND);
        Ticket b = queue.enqueue(
                "b", NORMAL, new Places(room), MINUTE, now + 2 * SECOND, Runnable::run, () -> told.add("b"), now);
        assertThat(queue.nextWakeNanos() - now).isLessThanOrEqualTo(2 * SECOND);
        now += 2 * SECOND;
        queue.advance(now);
        assertThat(b.state()).isEqualTo(Ticket.State.EXPIRED);
        assertThat(b.retryAfterNanos()).isPositive();
        now += SECOND;
        queue.advance(now);
        assertThat(a.state()).isEqualTo(Ticket.State.EXPIRED);
        assertThat(a.waitedNanos(now)).isEqualTo(3 * SECOND);
        assertThat(told).containsExactly("b", "a");
        assertThat(queue.nextWakeNanos()).isEqualTo(AdmissionQueue.NEVER);
    }

    @Test
    void aWaitThatCannotBeMetIsRefusedAtOnceWithTheTrueOne() {
        busy();
        for (int i = 0; i < 50; i++) {
            wait("a", NORMAL, "a");
        }
        for (int i = 0; i < 30; i++) {
            now += 2 * SECOND;
            release();
        }
        Ticket refused = wait("a", NORMAL, "x", 10 * SECOND);
        assertThat(refused.state()).isEqualTo(Ticket.State.REFUSED);
        assertThat(refused.retryAfterNanos()).isBetween(40 * SECOND, 44 * SECOND);
        Ticket another = wait("b", NORMAL, "y", 10 * SECOND);
        assertThat(another.state()).describedAs("his turn comes sooner").isEqualTo(Ticket.State.WAITING);
        assertThat(told).doesNotContain("x");
    }

    @Test
    void aRateThatOpensTooLateIsRefusedAtOnceAndOneInTimeIsWoken() {
        Allowance key = new Allowances(1).of("k", 3, 0, 0, now);
        for (int i = 0; i < 3; i++) {
            assertThat(queue.tryPass(new Admission(key, null, 0), now)).isTrue();
        }
        Ticket late = queue.enqueue(
                "k", HIGH, new Admission(key, null, 0), 5 * SECOND, AdmissionQueue.NEVER, Runnable::run, () -> {}, now);
        assertThat(late.state()).isEqualTo(Ticket.State.REFUSED);
        assertThat(RetryAfter.seconds(late.retryAfterNanos())).isEqualTo(20);
        Ticket inTime = queue.enqueue(
                "k",
                HIGH,
                new Admission(key, null, 0),
                30 * SECOND,
                AdmissionQueue.NEVER,
                Runnable::run,
                () -> told.add("in time"),
                now);
        for (int i = 0; i < 300 && inTime.state() == Ticket.State.WAITING; i++) {
            now += SECOND / 10;
            if (queue.nextWakeNanos() - now <= 0) {
                queue.advance(now);
            }
        }
        assertThat(told).containsExactly("in time");
        assertThat(inTime.waitedNanos(now)).isBetween(20 * SECOND - 100, 20 * SECOND + SECOND / 10);
    }

    @Test
    void whoseWaitTurnsOutTooLongWhileHeStandsIsToldAtOnceAndHoldsUpNobody() {
        Allowance key = new Allowances(1).of("k", 2, 0, 1, now);
        Admission runs = new Admission(key, null, 0);
        assertThat(queue.tryPass(runs, now)).isTrue();
        List<Ticket> tickets = new ArrayList<>();
        for (long patience : new long[] {20, 20, 60}) {
            tickets.add(queue.enqueue(
                    "k",
                    HIGH,
                    new Admission(key, null, 0),
                    patience * SECOND,
                    AdmissionQueue.NEVER,
                    Runnable::run,
                    () -> told.add(patience + " s"),
                    now));
        }
        assertThat(tickets).describedAs("nobody knows yet").allMatch(ticket -> ticket.state() == Ticket.State.WAITING);
        now += SECOND;
        runs.leave(now);
        queue.advance(now);
        assertThat(tickets.getFirst().state())
                .describedAs("the second of two a minute")
                .isEqualTo(Ticket.State.GRANTED);
        key.concurrency().leave();
        now += SECOND;
        queue.advance(now);
        assertThat(tickets.get(1).state()).isEqualTo(Ticket.State.REFUSED);
        assertThat(RetryAfter.seconds(tickets.get(1).retryAfterNanos())).isEqualTo(28);
        assertThat(tickets.get(2).state()).isEqualTo(Ticket.State.WAITING);
        assertThat(told).containsExactly("20 s", "20 s");
        now += 28 * SECOND;
        queue.advance(now);
        assertThat(tickets.get(2).state()).isEqualTo(Ticket.State.GRANTED);
    }

    @Test
    void aKeyStoppedByItsOwnLimitHoldsUpNobodyElse() {
        Allowances keys = new Allowances(10);
        Allowance poor = keys.of("poor", 0, 0, 1, now);
        Allowance rich = keys.of("rich", 0, 0, 0, now);
        assertThat(queue.tryPass(new Admission(poor, null, 0), now)).isTrue();
        Ticket high = queue.enqueue(
                "poor", HIGH, new Admission(poor, null, 0), MINUTE, AdmissionQueue.NEVER, Runnable::run, () -> {}, now);
        Ticket low = queue.enqueue(
                "rich", LOW, new Admission(rich, null, 0), MINUTE, AdmissionQueue.NEVER, Runnable::run, () -> {}, now);
        assertThat(high.state()).isEqualTo(Ticket.State.WAITING);
        assertThat(low.state()).isEqualTo(Ticket.State.GRANTED);
        Ticket same = queue.enqueue(
                "poor", LOW, new Admission(poor, null, 0), MINUTE, AdmissionQueue.NEVER, Runnable::run, () -> {}, now);
        poor.concurrency().leave();
        queue.advance(now);
        assertThat(high.state()).isEqualTo(Ticket.State.GRANTED);
        assertThat(same.state()).isEqualTo(Ticket.State.WAITING);
    }

    @Test
    void thoseStoppedByTheirOwnLimitsAreNotCountedAsBeforeAnybody() {
        Allowances some = new Allowances(200);
        Allowance model = some.of("m", 0, 0, 1, now);
        Admission holds = new Admission(some.of("other", 0, 0, 0, now), model, 0);
        assertThat(queue.tryPass(holds, now)).isTrue();
        for (int i = 0; i < 20; i++) { // so that the pace is known: one place in 5 s
            Ticket next = stand("quick" + i, null, model, MINUTE);
            now += 5 * SECOND;
            holds.leave(now);
            queue.advance(now);
            assertThat(next.state()).isEqualTo(Ticket.State.GRANTED);
            holds = (Admission) next.gate;
        }
        for (int i = 0; i < 50; i++) {
            Allowance full = some.of("full" + i, 0, 0, 1, now);
            assertThat(full.concurrency().tryEnter()).isTrue();
            assertThat(stand("full" + i, full, model, 10 * MINUTE).state()).isEqualTo(Ticket.State.WAITING);
        }
        Ticket free = stand("free", null, model, 10 * SECOND);
        assertThat(free.state()).isEqualTo(Ticket.State.WAITING);
        holds.leave(now);
        queue.advance(now);
        assertThat(free.state()).isEqualTo(Ticket.State.GRANTED);
        assertThat(queue.size()).isEqualTo(50);
    }

    private Ticket stand(String key, @Nullable Allowance own, Allowance model, long maxWait) {
        return queue.enqueue(
                key, NORMAL, new Admission(own, model, 0), maxWait, AdmissionQueue.NEVER, Runnable::run, () -> {}, now);
    }

    @Test
    void aSmallLowRequestDoesNotSlipPastABigHighOne() {
        Allowances some = new Allowances(10);
        Allowance model = some.of("m", 0, 1_000, 0, now);
        model.tokens().tryTake(now, 500);
        Ticket high = queue.enqueue(
                "a",
                HIGH,
                new Admission(some.of("a", 0, 0, 0, now), model, 900),
                MINUTE,
                AdmissionQueue.NEVER,
                Runnable::run,
                () -> {},
                now);
        Ticket low = queue.enqueue(
                "b",
                LOW,
                new Admission(some.of("b", 0, 0, 0, now), model, 10),
                MINUTE,
                AdmissionQueue.NEVER,
                Runnable::run,
                () -> {},
                now);
        assertThat(high.state()).isEqualTo(Ticket.State.WAITING);
        assertThat(low.state()).isEqualTo(Ticket.State.WAITING);
        now += 25 * SECOND;
        queue.advance(now);
        assertThat(high.state()).isEqualTo(Ticket.State.GRANTED);
    }

    @Test
    void aFullLineMakesRoomForTheMoreImportantAndForWhoHasLess() {
        queue = new AdmissionQueue(new AdmissionQueue.Terms(4, 5 * SECOND, 8));
        busy();
        Ticket low = wait("a", LOW, "low");
        Ticket newestLow = wait("a", LOW, "newest low");
        wait("a", NORMAL, "n");
        Ticket newestNormal = wait("a", NORMAL, "newest n");
        assertThat(wait("a", LOW, "x").state()).isEqualTo(Ticket.State.REFUSED);
        assertThat(wait("b", HIGH, "h").state()).isEqualTo(Ticket.State.WAITING);
        assertThat(newestLow.state()).isEqualTo(Ticket.State.REFUSED);
        assertThat(newestLow.retryAfterNanos()).isPositive();
        wait("b", NORMAL, "n b");
        assertThat(low.state()).isEqualTo(Ticket.State.REFUSED);
        assertThat(wait("c", NORMAL, "n c").state()).isEqualTo(Ticket.State.WAITING);
        assertThat(newestNormal.state()).isEqualTo(Ticket.State.REFUSED);
        assertThat(queue.size()).isEqualTo(4);
    }

    @Test
    void whatIsGrantedToALoopThatHasEndedIsGivenToTheNext() {
        busy();
        queue.enqueue(
                "a",
                NORMAL,
                new Places(room),
                MINUTE,
                AdmissionQueue.NEVER,
                task -> {
                    throw new RejectedExecutionException();
                },
                () -> told.add("never"),
                now);
        wait("b", NORMAL, "b");
        release();
        assertThat(told).containsExactly("b");
        assertThat(room.inUse()).isEqualTo(1);
    }

    @Test
    void noWakeUpAndNoPermitIsLostBetweenManyThreads() throws Exception {
        queue = new AdmissionQueue(new AdmissionQueue.Terms(100_000, 5 * SECOND, 8));
        room.change(5);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger peak = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        AtomicReference<Throwable> failed = new AtomicReference<>();
        int count = 16;
        int each = 3_000;
        Thread[] threads = new Thread[count];
        Arrays.setAll(
                threads,
                t -> new Thread(() -> {
                    try {
                        ThreadLocalRandom random = ThreadLocalRandom.current();
                        ConcurrentLinkedQueue<Runnable> loop = new ConcurrentLinkedQueue<>();
                        List<Ticket> mine = new ArrayList<>();
                        List<Gate> entered = new ArrayList<>();
                        int begun = 0;
                        while (begun < each || !mine.isEmpty() || !entered.isEmpty()) {
                            if (begun < each && mine.size() < 20) {
                                begun++;
                                Gate gate = new Places(room);
                                if (queue.tryPass(gate, now)) {
                                    entered.add(gate);
                                    peak.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                } else {
                                    mine.add(queue.enqueue(
                                            "k" + random.nextInt(6),
                                            Priority.values()[random.nextInt(3)],
                                            gate,
                                            MINUTE,
                                            AdmissionQueue.NEVER,
                                            loop::add,
                                            () -> {},
                                            now));
                                }
                            }
                            while (loop.poll() != null) {}
                            for (int i = mine.size() - 1; i >= 0; i--) {
                                Ticket ticket = mine.get(i);
                                if (ticket.state() == Ticket.State.WAITING
                                        && begun % 50 == 0
                                        && random.nextInt(20) == 0) {
                                    queue.leave(ticket, now);
                                }
                                switch (ticket.state()) {
                                    case WAITING -> {}
                                    case GRANTED -> {
                                        mine.remove(i);
                                        entered.add(ticket.gate);
                                        peak.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                    }
                                    default -> {
                                        mine.remove(i);
                                        ended.incrementAndGet();
                                    }
                                }
                            }
                            if (!entered.isEmpty()) {
                                inside.decrementAndGet();
                                entered.removeLast().leave(now);
                                queue.advance(now);
                                ended.incrementAndGet();
                            } else {
                                Thread.yield();
                            }
                        }
                    } catch (Throwable e) {
                        failed.set(e);
                    }
                }));
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failed.get()).isNull();
        assertThat(ended.get()).isEqualTo(count * each);
        assertThat(queue.size()).isZero();
        assertThat(room.inUse()).isZero();
        assertThat(peak.get()).isLessThanOrEqualTo(5);
    }

    @Test
    void waitsAreToldAsHeadersSayThem() {
        assertThat(RetryAfter.seconds(1)).isEqualTo(1);
        assertThat(RetryAfter.seconds(SECOND + 1)).isEqualTo(2);
        assertThat(RetryAfter.seconds(MINUTE * 10)).isEqualTo(60);
        assertThat(RetryAfter.seconds(Gate.FULL)).isEqualTo(1);
        assertThat(RetryAfter.reset(0)).isEqualTo("0s");
        assertThat(RetryAfter.reset(12_000_000)).isEqualTo("12ms");
        assertThat(RetryAfter.reset(1_182_000_000)).isEqualTo("1.182s");
        assertThat(RetryAfter.reset(1_252_666_000_000L)).isEqualTo("20m52.666s");
        assertThat(RetryAfter.reset(3_600_000_000_000L)).isEqualTo("1h0m0s");
        assertThat(RetryAfter.reset(2_050_000_000L)).isEqualTo("2.05s");
    }

    @Test
    void prioritiesAreReadInAnyCaseAndBoundByTheKey() {
        assertThat(Priority.parse("High")).isEqualTo(HIGH);
        assertThat(Priority.parse("urgent")).isNull();
        assertThat(HIGH.atMost(NORMAL)).isEqualTo(NORMAL);
        assertThat(LOW.atMost(NORMAL)).isEqualTo(LOW);
    }
}
