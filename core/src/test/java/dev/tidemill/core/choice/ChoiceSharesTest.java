package dev.tidemill.core.choice;

import static dev.tidemill.core.health.Plan.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

/** Who gets how much, counted over many choices with a fixed seed. */
class ChoiceSharesTest {
    private static final long SEED = 20_260_401;
    private static final int MANY = 20_000;
    private static final long MILLI = 1_000_000;

    @Test
    void likeTargetsGetTheirWeights() {
        Stage stage = new Stage(SEED, Stage.targets(1, 3, 1, 1, 1, 1));
        for (int i = 0; i < 3; i++) {
            stage.answers(i, SECOND, 10);
        }
        assertShares(stage.picks(MANY), 0.6, 0.2, 0.2);
    }

    @Test
    void targetsOfWhichNothingIsKnownGetTheirWeightsToo() {
        assertShares(new Stage(SEED, Stage.targets(1, 3, 1, 1)).picks(MANY), 0.75, 0.25);
    }

    @Test
    void theFasterOfTwoGetsThreeQuartersAndTheSlowerStaysKnown() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 1, 1));
        stage.answers(0, SECOND, 10);
        stage.answers(1, 2 * SECOND, 10);
        assertShares(stage.picks(MANY), 0.75, 0.25);
    }

    @Test
    void theLoadedOneGetsLess() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 1, 1));
        stage.answers(0, SECOND, 10);
        stage.answers(1, SECOND, 10);
        stage.holds(0, 5);
        assertShares(stage.picks(MANY), 0.25, 0.75);
    }

    @Test
    void aDegradedTargetGetsLessThanAQuarterOfItsShare() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 1, 1));
        stage.answers(0, SECOND, 200);
        stage.answers(1, SECOND, 200);
        for (int i = 0; i < 60; i++) {
            stage.fails(0, 1);
            stage.answers(0, SECOND, 2);
        }
        assertThat(stage.target(0).degraded()).isTrue();
        assertThat(stage.picks(MANY)[0] / (double) MANY).isBetween(0.02, 0.125);
    }

    @Test
    void aNewTargetIsTriedAtOnceButNotFloodedBeforeItHasAnswered() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 1, 1, 1, 1));
        stage.answers(0, SECOND, 10);
        stage.answers(1, SECOND, 10);
        int before = 0;
        for (int i = 0; i < 1_000; i++) {
            long ticket = stage.begin(0, 0);
            if (Choice.index(ticket) != 2) {
                stage.choice.of(ticket).health().succeeded(ticket, stage.now, SECOND);
            } else if (before++ == 0) {
                assertThat(i).isLessThan(30);
            }
        }
        assertThat(stage.target(2).inFlight()).isEqualTo(Choice.UNKNOWN);
    }

    @Test
    void allNewTargetsAreUsedHoweverManyRequestsWait() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 1, 1));
        for (int i = 0; i < 200; i++) {
            assertThat(stage.begin(0, 0)).isNotZero();
        }
        assertThat(stage.target(0).inFlight()).isBetween(80, 120);
    }

    @Test
    void underLoadRequestsInFlightFollowTheWeights() {
        double[] load = loads(new Stage(SEED, Stage.targets(1, 3, 1, 1)), 200, new long[] {400, 400});
        assertThat(load[0] / load[1]).isBetween(2.5, 3.5);
    }

    @Test
    void aTargetThatGetsSlowIsLeftBeforeAnythingFails() {
        double[] load = loads(new Stage(SEED, Stage.targets(1, 1, 1, 1, 1, 1)), 200, new long[] {400, 400, 4_000});
        double perSecond = load[2] / 4.0;
        assertThat(perSecond).as("requests a second to the slow one, of 200").isLessThan(30);
        assertThat(perSecond).as("it stays known").isGreaterThan(5);
    }

    /** Requests in flight on average, when so many come each second and each target answers after so many milliseconds. */
    private static double[] loads(Stage stage, int perSecond, long[] millis) {
        record Answer(long at, long ticket, long nanos) {}
        PriorityQueue<Answer> answers = new PriorityQueue<>((x, y) -> Long.compare(x.at, y.at));
        double[] sums = new double[stage.choice.size()];
        int samples = 0;
        for (int i = 0; i < 40 * perSecond; i++) {
            stage.now += (long) (-Math.log(1 - stage.random.nextDouble()) * SECOND / perSecond);
            while (!answers.isEmpty() && answers.peek().at <= stage.now) {
                Answer answer = answers.remove();
                var health = stage.choice.of(answer.ticket).health();
                health.answered(answer.ticket, answer.nanos);
                health.succeeded(answer.ticket, answer.at, answer.nanos);
            }
            long ticket = stage.begin(0, 0);
            long nanos = (long) (millis[Choice.index(ticket)] * MILLI * (0.5 + stage.random.nextDouble()));
            answers.add(new Answer(stage.now + nanos, ticket, nanos));
            if (i > 20 * perSecond) {
                samples++;
                for (int target = 0; target < sums.length; target++) {
                    sums[target] += stage.target(target).inFlight();
                }
            }
        }
        for (int target = 0; target < sums.length; target++) {
            sums[target] /= samples;
        }
        return sums;
    }

    private static void assertShares(int[] counts, double... shares) {
        for (int i = 0; i < shares.length; i++) {
            assertThat(counts[i] / (double) MANY)
                    .as("share of target " + i)
                    .isBetween(shares[i] - 0.02, shares[i] + 0.02);
        }
    }
}
