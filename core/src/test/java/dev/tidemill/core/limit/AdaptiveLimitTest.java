package dev.tidemill.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongBinaryOperator;
import org.junit.jupiter.api.Test;

class AdaptiveLimitTest {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000_000_000L;

    private long now = -30 * SECOND; // nanoTime may be negative
    private final AdaptiveLimit limit = new AdaptiveLimit(1_000, now);

    private Passage enter() {
        Passage passage = new Passage(limit, null, 100);
        assertThat(passage.tryEnter(now)).isZero();
        return passage;
    }

    private Deque<Passage> enter(int count) {
        Deque<Passage> in = new ArrayDeque<>();
        for (int i = 0; i < count; i++) {
            in.add(enter());
        }
        return in;
    }

    @Test
    void nothingIsLimitedWithoutEvidence() {
        Deque<Passage> in = enter(5_000);
        assertThat(limit.limit()).isZero();
        in.forEach(p -> p.firstContent(SECOND));
        in.forEach(p -> p.leave(now));
        assertThat(limit.limit()).isZero();
        assertThat(limit.inFlight()).isZero();
    }

    @Test
    void aBurstOfRefusalsCutsOnceAndTheNextRoundCutsAgain() {
        Deque<Passage> in = enter(100);
        now += SECOND;
        in.forEach(p -> p.refused(now, 0));
        assertThat(limit.limit()).isEqualTo(70);
        in.forEach(p -> p.leave(now));
        now += SECOND;
        in = enter(70);
        assertThat(new Passage(limit, null, 0).tryEnter(now)).isEqualTo(Gate.FULL);
        now += SECOND;
        in.forEach(p -> p.refused(now, 0));
        assertThat(limit.limit()).isEqualTo(49);
        assertThat(limit.parkedNanos(now)).isEqualTo(SECOND / 2);
    }

    @Test
    void retryAfterParksAndNonsenseIsCapped() {
        Passage passage = enter();
        passage.refused(now, 5 * SECOND);
        passage.leave(now);
        assertThat(new Passage(limit, null, 0).tryEnter(now)).isEqualTo(5 * SECOND);
        now += 5 * SECOND;
        Passage next = enter();
        next.refused(now, 86_400 * SECOND);
        next.leave(now);
        assertThat(limit.parkedNanos(now)).isEqualTo(60 * SECOND);
    }

    @Test
    void wholeAnswersLetItGrowAndNeverLowerIt() {
        Deque<Passage> in = enter(10);
        in.peek().refused(now, 0);
        assertThat(limit.limit()).isEqualTo(7);
        in.forEach(p -> p.leave(now));
        for (int i = 0; i < 200; i++) {
            now += SECOND;
            in = enter(limit.limit());
            int before = limit.limit();
            in.forEach(Passage::answered);
            assertThat(limit.limit()).isGreaterThanOrEqualTo(before);
            in.forEach(p -> p.leave(now));
        }
        assertThat(limit.limit()).isGreaterThan(20);
    }

    @Test
    void itNeverSinksBelowOneAndRecoversUntilItIsOff() {
        for (int i = 0; i < 30; i++) {
            Passage passage = enter();
            now += SECOND;
            passage.refused(now, 0);
            passage.leave(now);
            now += 60 * SECOND;
        }
        assertThat(limit.limit()).isEqualTo(1);
        Deque<Passage> in = new ArrayDeque<>();
        int answers = 0;
        while (limit.limit() != 0) {
            Passage next = new Passage(limit, null, 0);
            if (next.tryEnter(now) == 0) {
                in.add(next);
            } else {
                Passage done = in.removeFirst();
                done.firstContent(400 * MILLI);
                done.leave(now);
                now += MILLI;
                assertThat(++answers).isLessThan(1_000_000);
            }
        }
    }

    @Test
    void answersThatAreMerelyLongChangeNothing() {
        Random random = new Random(7);
        List<Passage> in = new ArrayList<>(enter(10));
        in.getFirst().refused(now, 0);
        int start = limit.limit();
        for (int i = 0; i < 5_000; i++) {
            Passage next = new Passage(limit, null, 0);
            now += 50 * MILLI;
            if (next.tryEnter(now) == 0) {
                next.firstContent((long) (300 * MILLI * Math.exp(random.nextGaussian() * 0.4)));
                in.add(next);
            } else {
                in.remove(random.nextInt(in.size())).leave(now); // after minutes
                now += 30 * SECOND;
            }
        }
        assertThat(limit.limit() == 0 || limit.limit() > start).isTrue();
    }

    /** What became of a stream of requests over a provider, whose answers take two seconds each. */
    private record Run(double servedPerSecond, double inFlight, int lowest) {}

    /**
     * Keeps {@code want} requests in flight, as far as the limit lets, over ten minutes, and measures the second half.
     *
     * @param ttft of a request by when it is sent and how many are in flight then
     */
    private Run tenMinutes(int want, LongBinaryOperator ttft) {
        record Event(long at, Passage passage, boolean end, long ttft) {}
        PriorityQueue<Event> events = new PriorityQueue<>((a, b) -> Long.compare(a.at, b.at));
        long start = now;
        long served = 0;
        long inFlight = 0;
        int lowest = Integer.MAX_VALUE;
        while (now - start < 600 * SECOND) {
            int wanted = now - start < 30 * SECOND ? want / 10 : want;
            for (Passage next = new Passage(limit, null, 0);
                    limit.inFlight() < wanted && next.tryEnter(now) == 0;
                    next = new Passage(limit, null, 0)) {
                long first = ttft.applyAsLong(now, limit.inFlight());
                events.add(new Event(now + first, next, false, first));
                events.add(new Event(now + first + 2 * SECOND, next, true, 0));
            }
            Event event = events.remove();
            now = event.at;
            if (!event.end) {
                event.passage.firstContent(event.ttft);
                continue;
            }
            event.passage.leave(now);
            if (now - start > 300 * SECOND) {
                served++;
                inFlight += limit.inFlight();
                lowest = limit.limit() == 0 ? lowest : Math.min(lowest, limit.limit());
            }
        }
        return new Run(served / 300.0, (double) inFlight / served, lowest);
    }

    @Test
    void aProviderThatIsSlowerTheMoreItDoesButDoesMoreIsNotThrottled() {
        Run run = tenMinutes(
                400, (at, inFlight) -> 100 * MILLI + inFlight * 2 * MILLI); // 180 ms with 40, 900 ms with 400
        assertThat(run.servedPerSecond).isGreaterThan(0.95 * 400 / 2.9);
    }

    @Test
    void aProviderThatBecomesSlowByItselfIsAskedAsMuchAsBefore() {
        long fell = now + 60 * SECOND;
        Run run = tenMinutes(400, (at, inFlight) -> at - fell < 0 ? 300 * MILLI : 3 * SECOND);
        assertThat(run.servedPerSecond).isGreaterThan(0.9 * 400 / 5.0);
        assertThat(run.lowest).isGreaterThanOrEqualTo(200);
    }

    @Test
    void aProviderNextDoorMayTakeTenMillisecondsInPlaceOfOne() {
        Run run = tenMinutes(400, (at, inFlight) -> inFlight < 41 ? MILLI : 90 * MILLI);
        assertThat(limit.limit()).isZero();
        assertThat(run.inFlight).isGreaterThan(390);
    }

    @Test
    void aRefusalAfterSlownessStillCuts() {
        Deque<Passage> in = enter(100);
        in.forEach(p -> p.firstContent(300 * MILLI));
        in.forEach(p -> p.leave(now));
        in = enter(100);
        while (limit.limit() == 0) {
            in.addLast(enter());
            now += SECOND / 2;
            Passage done = in.removeFirst();
            done.firstContent(6 * SECOND);
            done.leave(now);
        }
        assertThat(limit.limit()).isEqualTo(50);
        in.getLast().refused(now, 0);
        assertThat(limit.limit()).isEqualTo(35);
    }

    /** A provider that serves 40 at once and queues the rest: the limit settles near what it can serve. */
    @Test
    void aProviderThatQueuesIsNeitherHammeredNorLeftIdle() {
        int places = 40;
        PriorityQueue<Long> free = new PriorityQueue<>();
        for (int i = 0; i < places; i++) {
            free.add(now);
        }
        record Event(long at, Passage passage, boolean end, long ttft) {}
        PriorityQueue<Event> events = new PriorityQueue<>((a, b) -> Long.compare(a.at, b.at));
        int want = 10;
        long served = 0;
        long measuredFrom = 0;
        long limits = 0;
        long count = 0;
        long start = now;
        while (now - start < 600 * SECOND) {
            want = now - start < 30 * SECOND ? 10 : 300;
            while (limit.inFlight() < want) {
                Passage next = new Passage(limit, null, 0);
                if (next.tryEnter(now) != 0) {
                    break;
                }
                long begin = Math.max(now, free.remove());
                long first = begin + 300 * MILLI;
                free.add(begin + 2 * SECOND);
                events.add(new Event(first, next, false, first - now));
                events.add(new Event(begin + 2 * SECOND, next, true, 0));
            }
            Event event = events.remove();
            now = event.at;
            if (event.end) {
                event.passage.leave(now);
                if (now - start > 300 * SECOND) {
                    served++;
                    measuredFrom = measuredFrom == 0 ? now : measuredFrom;
                    limits += limit.inFlight();
                    count++;
                }
            } else {
                event.passage.firstContent(event.ttft);
            }
        }
        double rate = served * 1e9 / (now - measuredFrom);
        assertThat(rate).isGreaterThan(0.95 * places / 2.0);
        assertThat(limits / count).isLessThan(150);
    }

    @Test
    void notMoreIsSentThanHeadersSayIsLeft() {
        Passage first = enter();
        first.said(now, 60, 2, 10 * SECOND, -1, -1, -1);
        enter();
        enter();
        assertThat(new Passage(limit, null, 0).tryEnter(now)).isEqualTo(10 * SECOND);
        now += 10 * SECOND;
        enter(60);
        assertThat(new Passage(limit, null, 0).tryEnter(now)).isPositive();
        now += 60 * SECOND;
        enter(500);
    }

    @Test
    void whereTheLimitRefillsEvenlyNobodyWaitsForAllOfIt() {
        Passage last = enter();
        last.said(now, 60, 0, 60 * SECOND, -1, -1, -1); // a minute until all is there again: one a second
        assertThat(new Passage(limit, null, 0).tryEnter(now)).isEqualTo(SECOND);
        now += SECOND / 2;
        assertThat(new Passage(limit, null, 0).tryEnter(now)).isEqualTo(SECOND / 2);
        now += SECOND / 2;
        enter();
        assertThat(new Passage(limit, null, 0).tryEnter(now)).isEqualTo(SECOND);
        now += 10 * SECOND;
        enter(10);
        assertThat(new Passage(limit, null, 0).tryEnter(now)).isEqualTo(SECOND);
        now += 48 * SECOND;
        enter(48);
        assertThat(new Passage(limit, null, 0).tryEnter(now)).isPositive();
    }

    @Test
    void answersOutOfOrderLeaveTheLatestWordInForce() {
        Deque<Passage> in = enter(50);
        in.getLast().said(now, 100, 50, 60 * SECOND, -1, -1, -1);
        in.getFirst().said(now, 100, 10, 60 * SECOND, -1, -1, -1);
        enter(50);
        assertThat(new Passage(limit, null, 0).tryEnter(now)).isEqualTo(60 * SECOND);
    }

    @Test
    void tokensLeftStopTheBigAndLetTheSmallPass() {
        Passage first = enter();
        first.said(now, -1, -1, -1, 10_000, 500, 6 * SECOND);
        assertThat(new Passage(limit, null, 600).tryEnter(now)).isEqualTo(6 * SECOND);
        Passage small = new Passage(limit, null, 400);
        assertThat(small.tryEnter(now)).isZero();
        now += 6 * SECOND;
        assertThat(new Passage(limit, null, 50_000).tryEnter(now))
                .describedAs("more than the whole limit: the provider's to refuse")
                .isZero();
    }

    @Test
    void valuesThatMeanNothingAreIgnored() {
        Passage first = enter();
        first.said(now, 0, 0, 0, -1, -1, -1);
        first.said(now, -1, -1, 60 * SECOND, 100, -5, 60 * SECOND);
        enter(10);
    }

    @Test
    void theCredentialsOwnLimitsAndTheTargetsAreTakenTogetherOrNotAtAll() {
        Allowance credential = new Allowances(1).of("c", 3, 0, 0, now);
        for (int i = 0; i < 3; i++) {
            Passage passage = new Passage(limit, new Admission(credential, null, 0), 0);
            assertThat(passage.tryEnter(now)).isZero();
            passage.leave(now);
            passage.leave(now);
        }
        Passage passage = new Passage(limit, new Admission(credential, null, 0), 0);
        assertThat(passage.tryEnter(now)).isEqualTo(20 * SECOND);
        assertThat(limit.inFlight()).isZero();
        assertThat(credential.concurrency().inUse()).isZero();
    }

    @Test
    void noPermitLeaksWhenManyThreadsMeetEveryKindOfEvidence() throws Exception {
        AtomicLong clock = new AtomicLong(now);
        AtomicInteger done = new AtomicInteger();
        AtomicReference<Throwable> failed = new AtomicReference<>();
        Thread[] threads = new Thread[64];
        Arrays.setAll(
                threads,
                t -> new Thread(() -> {
                    try {
                        ThreadLocalRandom random = ThreadLocalRandom.current();
                        while (done.get() < 100_000) {
                            long at = clock.addAndGet(5 * MILLI);
                            Passage passage = new Passage(limit, null, random.nextInt(1_000));
                            if (passage.tryEnter(at) != 0) {
                                continue;
                            }
                            done.incrementAndGet();
                            switch (random.nextInt(4)) {
                                case 0 -> passage.refused(at, random.nextInt(3) * SECOND);
                                case 1 -> passage.said(at, 100, random.nextInt(100), SECOND, 10_000, 5_000, SECOND);
                                default -> passage.firstContent(random.nextLong(SECOND));
                            }
                            passage.leave(at);
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
        assertThat(limit.inFlight()).isZero();
    }
}
