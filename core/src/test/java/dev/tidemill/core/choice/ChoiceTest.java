package dev.tidemill.core.choice;

import static dev.tidemill.core.health.Plan.MINUTE;
import static dev.tidemill.core.health.Plan.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemill.core.choice.Refusal.Why;
import dev.tidemill.core.health.Plan;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ChoiceTest {
    private static final long SEED = 42;

    // Priorities

    @Test
    void theFirstPriorityServesAndTheOthersWait() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 2, 100, 2, 100));
        assertThat(stage.picks(100)).containsExactly(100, 0, 0);
    }

    @Test
    void theNextPriorityServesWhenTheFirstIsDown() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 1, 1, 2, 1));
        stage.fails(0, 5);
        assertThat(stage.picks(100)[1]).isEqualTo(100);
        stage.fails(1, 5);
        assertThat(stage.picks(100)[2]).isEqualTo(100);
    }

    @Test
    void targetsThisExchangeHasLeftAreNotChosenAgain() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 1, 1, 2, 1));
        assertThat(stage.pick(0b011, 0)).isEqualTo(2);
        assertThat(stage.pick(0b101, 0)).isEqualTo(1);
        assertThat(stage.pick(0b111, 0)).isEqualTo(-1);
        assertThat(stage.choice.refusal(stage.now, 0b111, null, 0))
                .isEqualTo(new Refusal(Why.ALL_TRIED, 0, "all 3 targets were tried"));
    }

    @Test
    void onlyTargetsThatSpeakTheProtocolAndHoldTheContextAreChosen() {
        Target small = new Target(Plan.provider("a"), null, "", 1, 1, false, 8_000);
        Target large = new Target(Plan.provider("b"), null, "", 2, 1, false, 200_000);
        Target foreign = Plan.target(Plan.provider("c", "http://c.example", Protocol.ANTHROPIC), 1, 1);
        Stage stage = new Stage(SEED, small, large, foreign);
        for (int i = 0; i < 50; i++) {
            long ticket = stage.choice.begin(stage.now, stage.random, 0, Protocol.OPENAI, 9_000, 0);
            assertThat(stage.choice.of(ticket).target()).isSameAs(large);
            ticket = stage.choice.begin(stage.now, stage.random, 0, Protocol.ANTHROPIC, 9_000, 0);
            assertThat(stage.choice.of(ticket).target()).isSameAs(foreign);
        }
        assertThat(stage.choice.begin(stage.now, stage.random, 0, Protocol.OPENAI, 1_000_000, 0))
                .isZero();
        assertThat(stage.choice.refusal(stage.now, 0, Protocol.GEMINI, 1).why()).isEqualTo(Why.NONE_FITS);
    }

    @Test
    void sixtyFourTargetsAreChosenAmongAndSixtyFiveAreTooMany() {
        int[] same = new int[128];
        Arrays.fill(same, 1);
        Stage stage = new Stage(SEED, Stage.targets(same));
        assertThat(stage.picks(20_000)).doesNotContain(0);
        assertThat(stage.pick(~(1L << 63), 0)).isEqualTo(63);
        assertThatThrownBy(() -> new Stage(SEED, Stage.targets(Arrays.copyOf(same, 130))))
                .hasMessage("targets of model m: 65 (expected: at most 64)");
    }

    // Down, and coming back

    @Test
    void aSingleTargetThatIsDownIsRefusedWithTheTimeThatIsLeft() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1));
        stage.fails(0, 5);
        stage.now += 10 * SECOND;
        assertThat(stage.pick(0, 0)).isEqualTo(-1);
        Refusal refusal = stage.choice.refusal(stage.now, 0, null, 0);
        assertThat(refusal.why()).isEqualTo(Why.DOWN);
        assertThat(refusal.waitNanos()).isBetween(17 * SECOND, 23 * SECOND);
        assertThat(refusal.reason()).isEqualTo("a/m: 5 of 5 attempts failed in 5 min; last: upstream_timeout");
        stage.now += refusal.waitNanos();
        assertThat(stage.pick(0, 0)).isEqualTo(0);
    }

    @Test
    void theFirstRequestThatComesIsTheTrialAndTheOthersGoElsewhere() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 2, 1));
        stage.fails(0, 5);
        stage.now += 40 * SECOND;
        long trial = stage.begin(0, 0);
        assertThat(Choice.index(trial)).isZero();
        for (int i = 0; i < 100; i++) {
            assertThat(stage.pick(0, 0)).isEqualTo(1);
        }
    }

    @Test
    void aRequestThatHasFailedOnceIsNoTrialUnlessNothingElseIsLeft() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 1, 1, 2, 1));
        stage.fails(1, 5);
        stage.now += 40 * SECOND;
        assertThat(stage.pick(0b001, 0)).isEqualTo(2);
        assertThat(stage.pick(0b101, 0)).isEqualTo(1);
    }

    @Test
    void aTargetThatComesBackGetsAGrowingShareAlsoAcrossPriorities() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 2, 1));
        stage.fails(0, 5);
        stage.now += 40 * SECOND;
        stage.answers(0, SECOND, 1);
        assertThat(stage.picks(1_000)[0]).isBetween(60, 140);
        stage.now += 15 * SECOND;
        assertThat(stage.picks(1_000)[0]).isBetween(480, 620);
        stage.now += 15 * SECOND;
        assertThat(stage.picks(1_000)[0]).isEqualTo(1_000);
    }

    @Test
    void aTargetThatComesBackAloneServesEverything() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1));
        stage.fails(0, 5);
        stage.now += 40 * SECOND;
        stage.answers(0, SECOND, 1);
        assertThat(stage.picks(100)[0]).isEqualTo(100);
    }

    @Test
    void aModelWithoutABreakerGoesOnWithATargetThatIsDown() {
        Stage stage = new Stage(SEED, Plan.breakerOff(), Stage.targets(1, 1));
        stage.fails(0, 500);
        assertThat(stage.picks(100)[0]).isEqualTo(100);
    }

    // Parked, refused, unreachable

    @Test
    void whenAllAreParkedTheEarliestIsTheHint() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 1, 1));
        stage.target(0).limited(stage.target(0).begin(stage.now, false), stage.now, 20 * SECOND, "429");
        stage.choice.at(1).credentials().limited(0, stage.now, 7 * SECOND, "429");
        assertThat(stage.pick(0, 0)).isEqualTo(-1);
        assertThat(stage.choice.refusal(stage.now, 0, null, 0))
                .isEqualTo(new Refusal(
                        Why.PARKED, 7 * SECOND, "a/m: limited: 429; b/m: the credentials' limits are reached"));
    }

    @Test
    void aProviderWhoseCredentialsAreRefusedIsPassedOver() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 2, 1));
        stage.choice.at(0).credentials().refused(0, stage.now, "401 invalid_api_key");
        assertThat(stage.picks(100)[1]).isEqualTo(100);
        stage.choice.at(1).credentials().refused(0, stage.now, "402 insufficient_quota");
        Refusal refusal = stage.choice.refusal(stage.now, 0, null, 0);
        assertThat(refusal.why()).isEqualTo(Why.OUT);
        assertThat(refusal.waitNanos()).isEqualTo(5 * MINUTE);
        assertThat(refusal.reason()).startsWith("a/m: the provider refuses the relay's credentials; b/m: ");
    }

    @Test
    void aLimitThatPassesIsABetterReasonThanACredentialThatDoesNot() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 2, 1));
        stage.choice.at(0).credentials().refused(0, stage.now, "401");
        stage.choice.at(1).credentials().limited(0, stage.now, 3 * SECOND, "429");
        Refusal refusal = stage.choice.refusal(stage.now, 0, null, 0);
        assertThat(refusal.why()).isEqualTo(Why.PARKED);
        assertThat(refusal.waitNanos()).isEqualTo(3 * SECOND);
    }

    @Test
    void aHostThatRefusesIsPassedOverForAMomentAndThenTriedByOne() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 2, 1));
        stage.choice.at(0).host().refused(stage.now, "upstream_connect_failed");
        assertThat(stage.pick(0, 0)).isEqualTo(1);
        stage.now += SECOND;
        assertThat(stage.pick(0b10, 0)).isEqualTo(0);
        assertThat(stage.pick(0, 0)).isEqualTo(1);
        stage.choice.at(0).host().connected();
        assertThat(stage.picks(10)[0]).isEqualTo(10);
    }

    @Test
    void whatIsOnlyFoundIsStillThereToBegin() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1));
        stage.choice.at(0).host().refused(stage.now, "upstream_connect_failed");
        assertThat(stage.find(0)).isEqualTo(-1);
        stage.now += SECOND;
        assertThat(stage.find(0)).isZero();
        assertThat(stage.find(0)).isZero();
        assertThat(stage.find(0b1)).isEqualTo(-1);
        assertThat(stage.pick(0, 0)).isZero();
        assertThat(stage.find(0)).as("the one try is taken").isEqualTo(-1);
    }

    @Test
    void aSingleHostThatRefusesIsRefusedForLessThanASecond() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1));
        stage.choice.at(0).host().refused(stage.now, "upstream_connect_failed");
        assertThat(stage.pick(0, 0)).isEqualTo(-1);
        assertThat(stage.choice.refusal(stage.now, 0, null, 0))
                .isEqualTo(new Refusal(Why.DOWN, SECOND, "a/m: its host refuses connections"));
        assertThat(stage.target(0).inFlight()).isZero();
    }

    @Test
    void manyThreadsAtAHostThatRefusesTakeOneTryASecondAndLeaveNothingBehind() throws Exception {
        Stage stage = new Stage(SEED, Stage.targets(1, 1));
        stage.choice.at(0).host().refused(stage.now, "upstream_connect_failed");
        AtomicInteger tries = new AtomicInteger();
        for (int second = 1; second <= 200; second++) {
            long now = stage.now + second * SECOND;
            try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
                for (int i = 0; i < 4; i++) {
                    SplittableRandom random = stage.random.split();
                    threads.execute(() -> {
                        long ticket = stage.choice.begin(now, random, 0, null, 0, 0);
                        if (ticket != 0) {
                            tries.incrementAndGet();
                            stage.choice.of(ticket).health().dropped(ticket, now);
                        }
                    });
                }
            }
        }
        assertThat(tries.get()).isEqualTo(200);
        assertThat(stage.target(0).inFlight()).isZero();
    }

    // Affinity

    @Test
    void whatSharesAPrefixMeetsTheSameTarget() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 1, 1, 1, 1));
        stage.answers(0, SECOND, 10);
        stage.answers(1, 9 * SECOND, 10);
        for (long session = 1; session < 100; session++) {
            int first = stage.pick(0, session);
            stage.holds(first, 1);
            assertThat(stage.pick(0, session)).isEqualTo(first);
        }
    }

    @Test
    void sessionsSpreadByWeightAndOnlyThoseOfTheLostTargetMove() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 1, 2, 1, 1));
        Map<Long, Integer> before = sessions(stage);
        assertThat(before.values().stream().filter(at -> at == 1).count()).isBetween(4_700L, 5_300L);
        stage.fails(1, 5);
        sessions(stage).forEach((session, at) -> {
            if (before.get(session) == 1) {
                assertThat(at).isNotEqualTo(1);
            } else {
                assertThat(at).isEqualTo(before.get(session));
            }
        });
    }

    @Test
    void sessionsComeHomeBitByBitAndThenStay() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 1, 1));
        Map<Long, Integer> before = sessions(stage);
        stage.fails(0, 5);
        stage.now += 40 * SECOND;
        stage.answers(0, SECOND, 1);
        List<Long> atHome = new ArrayList<>();
        for (int second = 0; second <= 30; second += 10) {
            Map<Long, Integer> at = sessions(stage);
            assertThat(atHome).allMatch(session -> at.get(session) == 0);
            atHome = at.entrySet().stream()
                    .filter(it -> it.getValue() == 0)
                    .map(Map.Entry::getKey)
                    .toList();
            stage.now += 10 * SECOND;
        }
        assertThat(sessions(stage)).isEqualTo(before);
    }

    @Test
    void aSaturatedTargetSpillsToTheNextAndNotBefore() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1, 1, 1, 1, 1));
        int home = stage.pick(0, 99);
        stage.holds(home, Choice.BUSY - 1);
        assertThat(stage.pick(0, 99)).isEqualTo(home);
        stage.holds(home, 1);
        int next = stage.pick(0, 99);
        assertThat(next).isNotEqualTo(home);
        assertThat(stage.pick(0, 99)).isEqualTo(next);
        stage.holds((home + 1) % 3, 30);
        stage.holds((home + 2) % 3, 30);
        assertThat(stage.pick(0, 99)).as("all are as busy: no reason to leave").isEqualTo(home);
    }

    // Names

    @Test
    void aNameIsBuiltOnceAndAnewAfterAReload() {
        Stage stage = new Stage(SEED, Stage.targets(1, 1));
        Choices choices = new Choices(stage.health);
        Model model = Plan.model("w-*", Stage.targets(1, 1));
        Choice first = choices.of(model, "w-1", stage.now);
        assertThat(choices.of(model, "w-1", stage.now)).isSameAs(first);
        assertThat(choices.of(model, "w-2", stage.now)).isNotSameAs(first);
        assertThat(first.at(0).model()).isEqualTo("w-1");
        stage.health.reload(Plan.routes(2, model), stage.now);
        assertThat(choices.of(model, "w-1", stage.now)).isNotSameAs(first);
    }

    private static Map<Long, Integer> sessions(Stage stage) {
        Map<Long, Integer> at = new HashMap<>();
        for (long session = 1; session <= 10_000; session++) {
            at.put(session, stage.pick(0, session));
        }
        return at;
    }
}
