package dev.tidemill.wire.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.json.JsonException.Fault;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JSONTestSuite by Nicolas Seriot: y_ must be taken, n_ refused, i_ may go either way but must end well. */
class JsonSuiteTest {
    /** What the syntax takes beyond the standard. */
    private static final Pattern NO_NUMBERS = Pattern.compile("n_number_(NaN|infinity|minus_infinity)");

    private final JsonScanner scanner = new JsonScanner(FieldTable.of("a", "model"), 200_000);

    static Stream<Path> sound() {
        return files("y_");
    }

    static Stream<Path> broken() {
        return files("n_");
    }

    static Stream<Path> open() {
        return files("i_");
    }

    @ParameterizedTest
    @MethodSource("sound")
    void isTaken(Path file) {
        byte[] text = Fixtures.bytes(file);
        assertThatCode(() -> scanner.scan(text, 0, text.length)).doesNotThrowAnyException();
        int from = scanner.rootFrom();
        assertThat(JsonWalk.valueEnd(text, from, text.length))
                .as("the walk agrees")
                .isEqualTo(JsonWalk.trimEnd(text, from, text.length));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void isRefusedWithAnOffset(Path file) {
        byte[] text = Fixtures.bytes(file);
        byte[] shifted = new byte[text.length + 14];
        System.arraycopy(text, 0, shifted, 7, text.length);
        JsonException e = catchThrowableOfType(JsonException.class, () -> scanner.scan(shifted, 7, 7 + text.length));
        assertThat(e).as("%s", file.getFileName()).isNotNull();
        assertThat(e.offset()).isBetween(0, text.length);
        assertThat(e).hasMessageContaining("byte " + e.offset()).hasMessageContaining("expected: ");
    }

    @ParameterizedTest
    @MethodSource("open")
    void endsWell(Path file) {
        byte[] text = Fixtures.bytes(file);
        try {
            scanner.scan(text, 0, text.length);
        } catch (JsonException e) {
            assertThat(e.offset()).isBetween(0, text.length);
        }
    }

    @ParameterizedTest
    @MethodSource({"sound", "broken", "open"})
    void theWalkStaysInside(Path file) {
        byte[] text = Fixtures.bytes(file);
        for (int to = 0; to <= Math.min(text.length, 300); to++) {
            assertThat(JsonWalk.valueEnd(text, 0, to)).isBetween(-1, to);
            assertThat(JsonWalk.firstIn(text, 0, to)).isLessThan(Math.max(1, to));
            assertThat(JsonWalk.next(text, 0, to)).isLessThan(Math.max(1, to));
            assertThat(JsonWalk.afterColon(text, 0, to)).isLessThan(Math.max(1, to));
        }
    }

    @ParameterizedTest
    @MethodSource({"sound", "broken", "open"})
    void theSyntaxIsWhatTheScannerTakes(Path file) {
        byte[] text = Fixtures.bytes(file);
        byte[] within = new byte[text.length + 6];
        System.arraycopy("{\"a\":".getBytes(StandardCharsets.US_ASCII), 0, within, 0, 5);
        System.arraycopy(text, 0, within, 5, text.length);
        within[within.length - 1] = '}';
        boolean taken = true;
        try {
            scanner.scan(within, 0, within.length);
        } catch (JsonException e) {
            if (e.fault() == Fault.ENCODING) {
                return; // which is not looked at, and may not be all that is wrong
            }
            taken = NO_NUMBERS.matcher(file.toString()).find();
        }
        taken &= scanner.deepest() <= JsonSyntax.MOST_LEVELS;
        assertThat(JsonSyntax.isObject(within, 0, within.length)).isEqualTo(taken);
    }

    private static Stream<Path> files(String start) {
        return Fixtures.files("json-test-suite/test_parsing", ".json").stream()
                .filter(p -> p.getFileName().toString().startsWith(start));
    }
}
