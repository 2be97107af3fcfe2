package dev.tidemill.core.health;

import static dev.tidemill.core.health.Plan.MINUTE;
import static dev.tidemill.core.health.Plan.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.tidemill.core.route.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One target through good and bad times, under a clock that the test turns. */
class TargetHealthTest {
    private final List<HealthChange> changes = new ArrayList<>();
    private final Health health = new Health(7, 100, () -> Instant.EPOCH, changes::add);
    private long now = Plan.START;
    private TargetHealth target = health.target("p", "m", Policy.DEFAULT, now);

    // Opening

    @Test
    void fourFailuresDoNotOpen() {
        fail(4);
        assertThat(standing()).isEqualTo(Standing.READY);
    }

    @Test
    void fiveFailuresInARowOpenAtOnce() {
        succeed(1000);
        fail(4);
        assertThat(standing()).isEqualTo(Standing.READY);
        fail(1);
        assertThat(standing()).isEqualTo(Standing.SHUT);
        assertThat(target.begin(now, false)).isZero();
        assertThat(target.state(now).state()).isEqualTo(State.DOWN);
        assertThat(target.state(now).reason()).isEqualTo("5 of 1005 attempts failed in 5 min; last: upstream_timeout");
    }

    @Test
    void fiveFailuresThatAreHalfOfTheWindowOpen() {
        for (int i = 0; i < 4; i++) {
            succeed(1);
            fail(1);
        }
        assertThat(standing()).isEqualTo(Standing.READY);
        succeed(1);
        fail(1);
        assertThat(standing()).isEqualTo(Standing.SHUT);
    }

    @Test
    void fiveFailuresAmongManySuccessesDoNotOpen() {
        for (int i = 0; i < 40; i++) {
            succeed(3);
            fail(1);
        }
        assertThat(standing()).isEqualTo(Standing.READY);
    }

    @Test
    void failuresOlderThanTheWindowAreForgotten() {
        fail(4);
        now += 5 * MINUTE + 10 * SECOND;
        fail(4);
        assertThat(standing()).isEqualTo(Standing.READY);
        fail(1);
        assertThat(standing()).isEqualTo(Standing.SHUT);
    }

    @Test
    void fiveInARowOverMoreThanTheWindowDoNotOpen() {
        for (int i = 0; i < 20; i++) {
            fail(1);
            now += 80 * SECOND;
        }
        assertThat(standing()).isEqualTo(Standing.READY);
    }

    @Test
    void aLongGoodPastDoesNotHideThatMostAttemptsFailNow() {
        succeed(5_000);
        int failures = 0;
        while (standing() == Standing.READY && failures < 1_000) {
            succeed(1);
            fail(3);
            failures += 3;
        }
        assertThat(failures).isLessThan(100);
        assertThat(target.state(now).state()).isEqualTo(State.DOWN);
    }

    @Test
    void whatWasInFlightAtTheOpeningCountsNoMore() {
        long[] inFlight = new long[50];
        for (int i = 0; i < inFlight.length; i++) {
            inFlight[i] = target.begin(now, false);
        }
        for (int i = 0; i < 25; i++) {
            target.failed(inFlight[i], now, "upstream_timeout");
        }
        assertThat(target.state(now).failures()).isEqualTo(5);
        comeBack();
        for (int i = 25; i < 50; i++) {
            target.failed(inFlight[i], now, "upstream_timeout");
        }
        assertThat(standing()).isEqualTo(Standing.READY);
        assertThat(target.state(now).failures()).isZero();
        assertThat(target.inFlight()).isZero();
    }

    @Test
    void theModelsOwnNumbersAreUsed() {
        target = health.target("p", "other", Plan.breaker(2, Duration.ofSeconds(30), Duration.ofSeconds(5)), now);
        fail(2);
        assertThat(standing()).isEqualTo(Standing.SHUT);
        assertThat(target.reason(now)).isEqualTo("2 of 2 attempts failed in 30 s; last: upstream_timeout");
        now += 5_500_000_000L;
        assertThat(standing()).isEqualTo(Standing.TRIAL_DUE);
    }

    @Test
    void withoutABreakerNothingOpens() {
        target = health.target("p", "other", Plan.breakerOff(), now);
        fail(500);
        assertThat(standing()).isEqualTo(Standing.READY);
        assertThat(target.state(now).state()).isEqualTo(State.DEGRADED);
    }

    @Test
    void aRouteWithoutABreakerPassesOneThatAnotherRouteHasOpened() {
        fail(5);
        assertThat(target.standing(now, true)).isEqualTo(Standing.READY);
        long ticket = target.begin(now, true);
        assertThat(ticket).isNotZero();
        target.failed(ticket, now, "x");
        assertThat(target.left(now)).isPositive();
        assertThat(target.inFlight()).isZero();
    }

    // Trials

    @Test
    void itIsOpenForAboutThirtySecondsEachTimeAndNotLonger() {
        fail(5);
        for (int round = 0; round < 50; round++) {
            long left = target.left(now);
            assertThat(left).isBetween(27 * SECOND, 33 * SECOND);
            now += left - 1;
            assertThat(target.begin(now, false)).isZero();
            now += 1;
            fail(1);
        }
        assertThat(target.reason(now)).isEqualTo("a trial failed: upstream_timeout");
    }

    @Test
    void oneTrialAtATime() {
        fail(5);
        now += target.left(now);
        long trial = target.begin(now, false);
        assertThat(trial).isNotZero();
        assertThat(target.begin(now, false)).isZero();
        assertThat(target.left(now)).isEqualTo(SECOND);
        target.failed(trial, now, "upstream_timeout");
        assertThat(standing()).isEqualTo(Standing.SHUT);
        assertThat(target.left(now)).isGreaterThan(25 * SECOND);
    }

    @Test
    void aTrialWhoseClientLeavesMakesRoomForTheNext() {
        fail(5);
        now += target.left(now);
        target.dropped(target.begin(now, false), now);
        assertThat(standing()).isEqualTo(Standing.TRIAL_DUE);
        succeed(1);
        assertThat(standing()).isEqualTo(Standing.READY);
    }

    @Test
    void aTrialThatNeverReportsMakesRoomAfterAWhile() {
        fail(5);
        now += target.left(now);
        long lost = target.begin(now, false);
        now += Breaker.TRIAL - 1;
        assertThat(target.begin(now, false)).isZero();
        now += 1;
        long next = target.begin(now, false);
        assertThat(next).isNotZero();
        target.failed(lost, now, "late");
        assertThat(target.left(now)).as("its late failure opens nothing").isEqualTo(SECOND);
        assertThat(target.begin(now, false)).as("and gives no room").isZero();
        target.succeeded(next, now, SECOND);
        assertThat(standing()).isEqualTo(Standing.READY);
    }

    @Test
    void anOvertakenTrialWhoseClientLeavesMakesNoRoom() {
        fail(5);
        now += target.left(now);
        long slow = target.begin(now, false);
        now += Breaker.TRIAL;
        long next = target.begin(now, false);
        target.dropped(slow, now);
        assertThat(target.begin(now, false)).isZero();
        target.dropped(next, now);
        assertThat(target.begin(now, false)).isNotZero();
    }

    @Test
    void anOvertakenTrialThatSucceedsClosesAllTheSame() {
        fail(5);
        now += target.left(now);
        long slow = target.begin(now, false);
        now += Breaker.TRIAL;
        long next = target.begin(now, false);
        target.succeeded(slow, now, Breaker.TRIAL);
        assertThat(standing()).isEqualTo(Standing.READY);
        target.dropped(next, now);
        assertThat(standing()).isEqualTo(Standing.READY);
        assertThat(target.inFlight()).isZero();
    }

    @Test
    void aTrialThatBeginsWellAndFallsSilentHasNotPassed() {
        fail(5);
        now += target.left(now);
        long trial = target.begin(now, false);
        target.answered(trial, SECOND);
        assertThat(target.begin(now, false)).as("one at a time").isZero();
        now += Breaker.PROVEN - 1;
        target.comes(trial, now, Breaker.PROVEN - 1);
        assertThat(target.begin(now, false)).as("one at a time").isZero();
        target.failed(trial, now, "timeout_gap");
        assertThat(target.state(now).state()).isEqualTo(State.DOWN);
        assertThat(target.reason(now)).isEqualTo("a trial failed: timeout_gap");
        assertThat(target.left(now)).isGreaterThan(20 * SECOND);
    }

    @Test
    void aTrialThatEndsWholePasses() {
        fail(5);
        now += target.left(now);
        long trial = target.begin(now, false);
        target.answered(trial, SECOND);
        target.succeeded(trial, now, SECOND);
        assertThat(standing()).isEqualTo(Standing.READY);
        assertThat(target.share(now)).isEqualTo(Breaker.FIRST_SHARE);
    }

    @Test
    void aTrialThatStreamsForLongPassesBeforeItsEndAndAFailureAfterThatCounts() {
        fail(5);
        now += target.left(now);
        long trial = target.begin(now, false);
        target.answered(trial, SECOND);
        now += Breaker.PROVEN;
        target.comes(trial, now, Breaker.PROVEN);
        assertThat(standing()).isEqualTo(Standing.READY);
        assertThat(target.share(now)).isEqualTo(Breaker.FIRST_SHARE);
        target.failed(trial, now, "upstream_truncated");
        assertThat(standing()).isEqualTo(Standing.READY);
        assertThat(target.state(now).failures()).isEqualTo(1);
    }

    @Test
    void anAttemptOfBeforeTheOpeningThatStreamsOnIsNoTrial() {
        long old = target.begin(now, false);
        fail(5);
        now += target.left(now);
        long trial = target.begin(now, false);
        target.comes(old, now, 60 * SECOND);
        assertThat(standing()).isEqualTo(Standing.SHUT);
        target.dropped(trial, now);
        target.dropped(old, now);
    }

    @Test
    void aTrialThatMeetsALimitIsFollowedByAnotherWhenThatPasses() {
        fail(5);
        now += target.left(now);
        target.limited(target.begin(now, false), now, 3 * SECOND, "429");
        assertThat(standing()).isEqualTo(Standing.SHUT);
        now += 3 * SECOND;
        assertThat(standing()).isEqualTo(Standing.TRIAL_DUE);
    }

    @Test
    void afterComingBackFiveNewFailuresOpenAgain() {
        fail(5);
        comeBack();
        fail(4);
        assertThat(standing()).isEqualTo(Standing.READY);
        fail(1);
        assertThat(standing()).isEqualTo(Standing.SHUT);
    }

    @Test
    void trafficComesBackBitByBit() {
        fail(5);
        comeBack();
        assertThat(target.share(now)).isEqualTo(Breaker.FIRST_SHARE);
        assertThat(target.reason(now)).isEqualTo("coming back, 10 % of its traffic");
        now += 15 * SECOND;
        assertThat(target.share(now)).isBetween(0.54, 0.56);
        now += 15 * SECOND;
        assertThat(target.share(now)).isEqualTo(1);
        assertThat(target.reason(now)).isEmpty();
    }

    // What does not count

    @Test
    void clientsThatLeaveCountAsNothing() {
        for (int i = 0; i < 100; i++) {
            target.dropped(target.begin(now, false), now);
        }
        assertThat(target.state(now).attempts()).isZero();
        assertThat(target.successRate()).isEqualTo(1);
        assertThat(target.inFlight()).isZero();
    }

    @Test
    void clientsThatLeaveDoNotBreakARowOfFailures() {
        succeed(100);
        for (int i = 0; i < 5; i++) {
            fail(1);
            target.dropped(target.begin(now, false), now);
        }
        assertThat(standing()).isEqualTo(Standing.SHUT);
    }

    @Test
    void ticketNoneEndsNothing() {
        target.succeeded(0, now, 1);
        target.failed(0, now, "x");
        target.limited(0, now, SECOND, "x");
        target.missing(0, now, "x");
        target.dropped(0, now);
        assertThat(target.inFlight()).isZero();
        assertThat(target.state(now).state()).isEqualTo(State.HEALTHY);
    }

    // Parked and taken out

    @Test
    void retryAfterParksForExactlyThatLongAndCountsNotAsFailure() {
        target.limited(target.begin(now, false), now, 7 * SECOND, "429 rate_limit_exceeded");
        assertThat(target.begin(now, false)).isZero();
        assertThat(target.state(now).state()).isEqualTo(State.PARKED);
        assertThat(target.state(now).reason()).isEqualTo("limited: 429 rate_limit_exceeded");
        assertThat(target.left(now)).isEqualTo(7 * SECOND);
        now += 7 * SECOND;
        assertThat(standing()).isEqualTo(Standing.READY);
        assertThat(target.state(now).failures()).isZero();
    }

    @Test
    void anAbsurdRetryAfterIsCappedAndANegativeOneIsAMoment() {
        target.limited(target.begin(now, false), now, Long.MAX_VALUE, "429");
        assertThat(target.left(now)).isEqualTo(MINUTE);
        now += MINUTE;
        target.limited(target.begin(now, false), now, -5, "429");
        assertThat(target.left(now)).isEqualTo(1_000_000);
    }

    @Test
    void theLatestParkingCounts() {
        long one = target.begin(now, false);
        long two = target.begin(now, false);
        target.limited(one, now, 9 * SECOND, "429");
        target.limited(two, now, SECOND, "429");
        assertThat(target.left(now)).isEqualTo(9 * SECOND);
    }

    @Test
    void anUnknownModelIsTakenOutAndTriedOnceAfterFiveMinutes() {
        target.missing(target.begin(now, false), now, "404 model_not_found");
        assertThat(target.state(now).state()).isEqualTo(State.OUT);
        assertThat(target.standing(now, true))
                .as("also for those without a breaker")
                .isEqualTo(Standing.SHUT);
        assertThat(target.left(now)).isEqualTo(5 * MINUTE);
        now += 5 * MINUTE;
        long trial = target.begin(now, false);
        assertThat(target.begin(now, true)).isZero();
        target.missing(trial, now, "404 model_not_found");
        assertThat(target.left(now)).isEqualTo(5 * MINUTE);
        now += 5 * MINUTE;
        succeed(1);
        assertThat(standing()).isEqualTo(Standing.READY);
    }

    // Rates and times

    @Test
    void theSuccessRateMakesItDegradedAndHealthyAgain() {
        succeed(500);
        for (int i = 0; i < 100; i++) {
            fail(1);
            succeed(2);
        }
        assertThat(target.state(now).state()).isEqualTo(State.DEGRADED);
        assertThat(target.reason(now)).startsWith("success rate 0.6").endsWith("; last failure: upstream_timeout");
        now += 2 * SECOND;
        succeed(50);
        assertThat(target.state(now).state()).isEqualTo(State.HEALTHY);
    }

    @Test
    void timesFollowTheLatestAnswers() {
        assertThat(target.ttftNanos()).isZero();
        long ticket = target.begin(now, false);
        target.answered(ticket, SECOND);
        target.succeeded(ticket, now, 10 * SECOND);
        assertThat(target.state(now).ttftNanos()).isEqualTo(SECOND);
        assertThat(target.state(now).latencyNanos()).isEqualTo(10 * SECOND);
        for (int i = 0; i < 100; i++) {
            long next = target.begin(now, false);
            target.answered(next, 3 * SECOND);
            target.succeeded(next, now, 10 * SECOND);
        }
        assertThat(target.ttftNanos()).isBetween(2_990_000_000L, 3 * SECOND);
    }

    @Test
    void anAttemptThatWaitedIsNotSentAfterTheOpening() {
        long waiting = target.begin(now, false);
        assertThat(target.stillGoes(waiting, now, false)).isTrue();
        fail(5);
        assertThat(target.stillGoes(waiting, now, false)).isFalse();
        target.dropped(waiting, now);
        now += target.left(now);
        long trial = target.begin(now, false);
        assertThat(target.stillGoes(trial, now, false)).isTrue();
    }

    @Test
    void everyChangeIsToldOnceWithItsReason() {
        fail(7);
        now += target.left(now);
        succeed(1);
        target.limited(target.begin(now, false), now, SECOND, "429");
        now += SECOND;
        succeed(1);
        assertThat(changes)
                .extracting(HealthChange::name, HealthChange::from, HealthChange::to, HealthChange::reason)
                .containsExactly(
                        tuple(
                                "p/m",
                                State.HEALTHY,
                                State.DOWN,
                                "5 of 5 attempts failed in 5 min; last: upstream_timeout"),
                        tuple("p/m", State.DOWN, State.HEALTHY, "coming back, 10 % of its traffic"),
                        tuple("p/m", State.HEALTHY, State.PARKED, "limited: 429"),
                        tuple("p/m", State.PARKED, State.HEALTHY, "coming back, 13 % of its traffic"));
    }

    private Standing standing() {
        return target.standing(now, false);
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            target.failed(target.begin(now, false), now, "upstream_timeout");
        }
    }

    private void succeed(int times) {
        for (int i = 0; i < times; i++) {
            target.succeeded(target.begin(now, false), now, SECOND);
        }
    }

    private void comeBack() {
        now += target.left(now);
        succeed(1);
        target.state(now);
    }
}
