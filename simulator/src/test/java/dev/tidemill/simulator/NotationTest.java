package dev.tidemill.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotationTest {
    @Test
    void settingsAndFaultsAreReadInAnyOrder() {
        Behaviour behaviour =
                Behaviour.of("ttft=1.5s+429?retry-after=2&p=10%+speed=0.5+stall-after=3;for=2m;times=4+text=a%2Bb");
        assertThat(behaviour.ttft()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(behaviour.speed()).isEqualTo(0.5);
        assertThat(behaviour.text()).isEqualTo("a+b");
        assertThat(behaviour.faults()).extracting(Fault::kind).containsExactly(FaultKind.STALL_AFTER, FaultKind.STATUS);
        assertThat(behaviour.faults().getFirst().time("for")).isEqualTo(Duration.ofMinutes(2));
        assertThat(behaviour.faults().getFirst().when()).isEqualTo(new Occasion(1, 4, 0));
        assertThat(behaviour.faults().getLast().when().chance()).isEqualTo(0.1);
    }

    @Test
    void everyFaultIsReadByItsNameAlone() {
        for (FaultKind kind : FaultKind.values()) {
            assertThat(Behaviour.of(kind.label()).faults())
                    .extracting(Fault::kind)
                    .containsExactly(kind);
        }
    }

    @Test
    void aLaterItemReplacesAnEarlierOneOfItsKind() {
        assertThat(Behaviour.of("drip=5").with("drip=7").faults())
                .singleElement()
                .satisfies(fault -> assertThat(fault.bytes("bytes")).isEqualTo(7));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            stal-first        | stal-first: unknown fault or setting (did you mean stall-first?)
            ''                | unknown fault or setting
            drip=ten          | drip: bytes: ten (expected: bytes: 120, 64KiB, 8MiB)
            429;after=2       | status: after (expected: code, retry-after,
            close=1           | close=1 (expected: close takes no value)
            tokens=0          | tokens: 0 (expected: 1 to 1000000)
            speed=-1          | speed: -1 (expected: tokens a second
            ttft=5            | ttft: 5 (expected: a time: 250ms, 2s, 10m)
            status=777        | code: 777 (expected: 100 to 599)
            flaky=200%        | flaky: chance: 200% (expected: a chance
            usage=odd         | usage: form: odd (expected: missing | negative
            stall-first=9999h | (expected: a time
            tools=99          | tools: 99 (expected: 0 to 16)
            drip=99999999999GiB | (expected: bytes
            """)
    void whatCannotBeReadIsToldWithItsValueAndWhatWasExpected(String notation, String message) {
        assertThatThrownBy(() -> Behaviour.of(notation))
                .isInstanceOf(BadNotation.class)
                .hasMessageContaining(message);
    }

    @Test
    void ordinaryModelNamesHoldNoNotation() {
        assertThat(Notation.inModel("gpt-4o")).isNull();
        assertThat(Notation.inModel("sim-ok")).isNull();
        assertThat(Notation.inModel("simple")).isNull();
        assertThat(Notation.inModel("sim-429")).isEqualTo("429");
    }
}
