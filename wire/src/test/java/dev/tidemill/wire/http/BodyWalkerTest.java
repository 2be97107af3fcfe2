package dev.tidemill.wire.http;

import static dev.tidemill.wire.http.Texts.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodyWalkerTest {
    private final BodyWalker walker = new BodyWalker();

    @Test
    void aBodyOfALengthEndsThere() throws HttpException {
        walker.begin(Framing.LENGTH, 5);
        assertThat(runs("..hel", 2)).containsExactly("hel");
        assertThat(walker.ended()).isFalse();
        assertThat(runs("loGET /", 0)).containsExactly("lo");
        assertThat(walker.ended()).isTrue();
        assertThat(walker.position()).isEqualTo(2);
        walker.eof();
    }

    @Test
    void noBodyIsOverAtOnce() throws HttpException {
        walker.begin(Framing.NONE, -1);
        assertThat(walker.ended()).isTrue();
        assertThat(runs("GET /", 0)).isEmpty();
        assertThat(walker.position()).isZero();
        walker.begin(Framing.LENGTH, 0);
        assertThat(walker.ended()).isTrue();
        assertThat(runs("GET /", 3)).isEmpty();
        assertThat(walker.position()).isEqualTo(3);
    }

    @Test
    void aBodyUntilTheEndOfTheConnectionEndsWithIt() throws HttpException {
        walker.begin(Framing.UNTIL_CLOSE, -1);
        assertThat(runs("data", 0)).containsExactly("data");
        assertThat(walker.ended()).isFalse();
        walker.eof();
        assertThat(walker.ended()).isTrue();
        assertThat(runs("more", 0)).isEmpty();
    }

    @Test
    void chunksAreRunsInPlace() throws HttpException {
        walker.begin(Framing.CHUNKED, -1);
        assertThat(runs("5\r\nhello\r\nA\r\n, world...\r\n0\r\n\r\nHTTP/1.1", 0))
                .containsExactly("hello", ", world...");
        assertThat(walker.ended()).isTrue();
        assertThat(walker.position()).isEqualTo("5\r\nhello\r\nA\r\n, world...\r\n0\r\n\r\n".length());
        assertThat(walker.verbatim()).isTrue();
        assertThat(walker.aligned()).isTrue();
    }

    @Test
    void framesAreAlignedBetweenChunksAlone() throws HttpException {
        String body = "5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n";
        int behindChunk = "5;a=b\r\nhello\r\n".length();
        walker.begin(Framing.CHUNKED, -1);
        assertThat(walker.aligned()).isTrue();
        byte[] a = bytes(body);
        for (int i = 0; i < a.length; i++) {
            while (walker.next(a, i, i + 1)) {
                assertThat(walker.position()).isEqualTo(i + 1);
                break;
            }
            assertThat(walker.aligned()).as("behind byte " + i).isEqualTo(i + 1 == behindChunk || i + 1 == a.length);
        }
        assertThat(walker.ended()).isTrue();
    }

    @Test
    void extensionsAndTrailersMayNotBePassedOn() throws HttpException {
        walker.begin(Framing.CHUNKED, -1);
        assertThat(runs("1\r\na\r\n", 0)).containsExactly("a");
        assertThat(walker.verbatim()).isTrue();
        assertThat(runs("1;x", 0)).isEmpty();
        assertThat(walker.verbatim()).isFalse();
        walker.begin(Framing.CHUNKED, -1);
        assertThat(runs("0\r\nContent-Length: 5\r\nX", 0)).isEmpty();
        assertThat(walker.verbatim()).isFalse();
        assertThat(walker.ended()).isFalse();
        assertThat(runs(": y\r\n\r\n", 0)).isEmpty();
        assertThat(walker.ended()).isTrue();
    }

    @Test
    void legalExtensionsAreDropped() throws HttpException {
        walker.begin(Framing.CHUNKED, -1);
        assertThat(runs("3;a;b=c;d=\"e\t\\\"; f\";g=\"\"\r\nabc\r\n0;" + "a".repeat(4000) + "\r\n\r\n", 0))
                .containsExactly("abc");
        assertThat(walker.ended()).isTrue();
    }

    @Test
    void sizesMayHaveLeadingZerosUpToSixteenDigits() throws HttpException {
        walker.begin(Framing.CHUNKED, -1);
        assertThat(runs("0000000000000003\r\nabc\r\n0000000000000000\r\n\r\n", 0))
                .containsExactly("abc");
        assertThat(walker.ended()).isTrue();
        walker.begin(Framing.CHUNKED, -1);
        assertThat(runs("7fffffff\r\nabc", 0)).containsExactly("abc");
    }

    @Test
    void anEarlyEndOfTheConnectionIsATruncatedBody() throws HttpException {
        walker.begin(Framing.LENGTH, 5);
        runs("hel", 0);
        assertThatThrownBy(walker::eof).hasMessage("body: cut 2 bytes before its end (expected: all of it)");
        String body = "5\r\nhello\r\n0\r\n\r\n";
        for (int cut = 0; cut < body.length(); cut++) {
            walker.begin(Framing.CHUNKED, -1);
            runs(body.substring(0, cut), 0);
            assertThatThrownBy(walker::eof)
                    .isInstanceOfSatisfying(
                            HttpException.class, e -> assertThat(e.code()).isEqualTo("body_truncated"));
        }
    }

    @Test
    void aFaultStaysUntilTheNextBody() throws HttpException {
        walker.begin(Framing.CHUNKED, -1);
        assertThatThrownBy(() -> runs("x", 0)).isInstanceOf(HttpException.class);
        assertThatThrownBy(() -> runs("5\r\n", 0)).isInstanceOf(HttpException.class);
        assertThatThrownBy(walker::eof).isInstanceOf(HttpException.class);
        walker.begin(Framing.CHUNKED, -1);
        assertThat(runs("1\r\na", 0)).containsExactly("a");
    }

    @Test
    void aLengthIsNeverNegative() {
        assertThatThrownBy(() -> walker.begin(Framing.LENGTH, -1)).hasMessage("length: -1 (expected: >= 0)");
    }

    private List<String> runs(String input, int from) throws HttpException {
        byte[] a = bytes(input);
        List<String> runs = new ArrayList<>();
        for (int at = from; walker.next(a, at, a.length); at = walker.position()) {
            assertThat(walker.payloadFrom()).isLessThan(walker.payloadTo());
            assertThat(walker.position()).isEqualTo(walker.payloadTo());
            runs.add(Texts.text(a, walker.payloadFrom(), walker.payloadTo()));
        }
        return runs;
    }
}
