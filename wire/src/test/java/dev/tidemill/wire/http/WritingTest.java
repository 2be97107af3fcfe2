package dev.tidemill.wire.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WritingTest {
    private final byte[] a = new byte[80];

    @Test
    void statusLines() throws HttpException {
        assertThat(Texts.text(a, 2, StatusLine.write(200, a, 2))).isEqualTo("HTTP/1.1 200 OK\r\n");
        assertThat(Texts.text(a, 2, StatusLine.write(529, a, 2))).isEqualTo("HTTP/1.1 529 Overloaded\r\n");
        assertThat(Texts.text(a, 2, StatusLine.write(299, a, 2))).isEqualTo("HTTP/1.1 299 \r\n");
        for (int status = 100; status < 600; status++) {
            int end = StatusLine.write(status, a, 0);
            assertThat(end).isLessThanOrEqualTo(64);
            if (status != 101) {
                assertThat(Texts.response(Texts.text(a, 0, end) + "\r\n").status())
                        .isEqualTo(status);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {0, 1, 9, 10, 15, 16, 255, 256, 4095, 65_536, 1_000_000_007, Integer.MAX_VALUE, Long.MAX_VALUE})
    void numbers(long value) {
        assertThat(Texts.text(a, 1, Digits.decimal(value, a, 1))).isEqualTo(Long.toString(value));
        assertThat(Texts.text(a, 1, Digits.chunk(value, a, 1))).isEqualTo(Long.toHexString(value) + "\r\n");
    }
}
