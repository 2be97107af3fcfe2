package dev.tidemill.bench.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every input the fuzzer starts from, those that once broke something among them, and what becomes of it when it is cut short. */
class CorpusTest {
    @TestFactory
    Stream<DynamicTest> holdsForEveryInput() {
        return Stream.of(FuzzTarget.values())
                .flatMap(target -> target.inputs().stream()
                        .map(file -> dynamicTest(
                                target.lower() + " " + file.getFileName(),
                                () -> target.invariant().check(Files.readAllBytes(file)))));
    }

    @ParameterizedTest
    @EnumSource
    void holdsForEveryInputCutShort(FuzzTarget target) throws Exception {
        Invariant invariant = target.invariant();
        for (Path file : target.inputs()) {
            byte[] input = Files.readAllBytes(file);
            int step = 1 + input.length / 64;
            for (int length = 0; length < input.length; length += step) {
                invariant.check(Arrays.copyOf(input, length));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void hasSomethingToStartFrom(FuzzTarget target) {
        List<Path> inputs = target.inputs();
        assertThat(inputs).hasSizeBetween(20, 200);
        assertThat(inputs).allSatisfy(file -> assertThat(Files.size(file)).isLessThan(16 * 1024));
        assertThat(FuzzTarget.of(target.lower())).isEqualTo(target);
    }
}
