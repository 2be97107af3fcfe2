package dev.tidemill.core.health;

import static dev.tidemill.core.health.Plan.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Policy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;

/** Random attempts in any order against a slow and simple account of the rules. */
class BreakerModelTest {
    private static final int STEPS = 4_000;

    private final Health health = new Health(7, 100, () -> Instant.EPOCH, HealthListener.NONE);
    private long now = Plan.START;
    private long origin = now;
    private final TargetHealth target = health.target("p", "m", Policy.DEFAULT, now);

    private final List<Attempt> open = new ArrayList<>();
    private final List<Ended> ended = new ArrayList<>();
    private int row;
    private double rate = 1;
    private int epoch;
    private boolean closed = true;
    private int trials;

    private record Attempt(long ticket, int epoch, int trial) {}

    private record Ended(long slice, boolean failed) {}

    @RepeatedTest(20)
    void whateverComesInWhateverOrderTheRulesAreKept() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        double failing = 0.3;
        int openings = 0;
        for (int i = 0; i < STEPS; i++) {
            if (i % 200 == 0) {
                failing = random.nextDouble();
            }
            now += random.nextLong(random.nextInt(50) == 0 ? 60 * SECOND : SECOND);
            if (open.isEmpty() || random.nextInt(100) < (open.size() > 20 ? 30 : 55)) {
                begin();
            } else if (random.nextInt(4) == 0) {
                comes(open.get(random.nextInt(open.size())), random);
            } else {
                end(open.remove(random.nextInt(open.size())), random, failing);
            }
            boolean was = closed;
            closed = !(target.standing(now, false) == Standing.SHUT || target.left(now) > 0 || trialDue());
            openings += was && !closed ? 1 : 0;
            assertThat(target.inFlight()).isEqualTo(open.size());
        }
        open.forEach(attempt -> target.dropped(attempt.ticket(), now));
        assertThat(target.inFlight()).isZero();
        assertThat(openings).isPositive();
    }

    private boolean trialDue() {
        return target.standing(now, false) == Standing.TRIAL_DUE;
    }

    private void begin() {
        boolean due = trialDue();
        long ticket = target.begin(now, false);
        assertThat(ticket != 0).isEqualTo(closed || due);
        if (ticket != 0) {
            assertThat(Ticket.isTrial(ticket)).isEqualTo(due);
            open.add(new Attempt(ticket, epoch, due ? ++trials : 0));
        }
    }

    private void comes(Attempt attempt, SplittableRandom random) {
        long since = random.nextLong(2 * Breaker.PROVEN);
        target.answered(attempt.ticket(), SECOND);
        target.comes(attempt.ticket(), now, since);
        boolean passes = attempt.epoch() == epoch && !closed && since >= Breaker.PROVEN;
        assertThat(target.standing(now, false) == Standing.READY).isEqualTo(closed || passes);
        if (passes) {
            closes();
        }
    }

    private void closes() {
        closed = true;
        ended.clear();
        origin = now; // a new window begins
        row = 0;
        rate = Math.max(rate, 0.5);
    }

    private void end(Attempt attempt, SplittableRandom random, double failing) {
        boolean mine = attempt.epoch() == epoch;
        if (random.nextInt(10) == 0) {
            target.dropped(attempt.ticket(), now);
            boolean room = mine && !closed && attempt.trial() == trials && attempt.trial() > 0;
            if (room) {
                assertThat(trialDue()).isTrue();
            }
            return;
        }
        boolean fails = random.nextDouble() < failing;
        if (fails) {
            target.failed(attempt.ticket(), now, "x");
        } else {
            target.succeeded(attempt.ticket(), now, SECOND);
        }
        if (!mine) {
            assertThat(target.standing(now, false) == Standing.READY).isEqualTo(closed);
            return;
        }
        if (!closed) {
            if (!fails) {
                assertThat(target.standing(now, false)).isEqualTo(Standing.READY);
                closes();
                rate += (1 - rate) / 32;
                ended.add(new Ended(slice(), false));
            } else {
                rate -= rate / 32;
                if (attempt.trial() == trials) {
                    assertThat(target.standing(now, false)).isEqualTo(Standing.SHUT);
                    epoch++;
                }
            }
            return;
        }
        ended.add(new Ended(slice(), fails));
        row = fails ? row + 1 : 0;
        rate += ((fails ? 0 : 1) - rate) / 32;
        long attempts = ended.stream().filter(it -> it.slice() > slice() - 30).count();
        long failures = ended.stream()
                .filter(it -> it.slice() > slice() - 30 && it.failed())
                .count();
        boolean opens = fails && failures >= 5 && (2 * failures >= attempts || row >= 5 || rate < 0.5);
        assertThat(target.standing(now, false)).isEqualTo(opens ? Standing.SHUT : Standing.READY);
        epoch += opens ? 1 : 0;
        trials = opens ? 0 : trials;
    }

    private long slice() {
        return (now - origin) / (10 * SECOND);
    }
}
