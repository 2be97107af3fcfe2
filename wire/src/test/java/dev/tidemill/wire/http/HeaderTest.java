package dev.tidemill.wire.http;

import static dev.tidemill.wire.http.Texts.bytes;
import static dev.tidemill.wire.http.Texts.response;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTest {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OTHER")
    void namesAreKnownInEveryCaseAndByTheWholeOfThem(Header header) {
        String name = header.lower();
        assertThat(of(name)).isEqualTo(header);
        assertThat(of(name.toUpperCase(Locale.ROOT))).isEqualTo(header);
        assertThat(of(name + "x")).isNotEqualTo(header);
        assertThat(of("x" + name)).isNotEqualTo(header);
        for (int i = 0; i < name.length(); i++) {
            assertThat(of(name.substring(0, i) + "!" + name.substring(i + 1)))
                    .as("another byte at " + i)
                    .isEqualTo(Header.OTHER);
            assertThat(of(name.substring(0, i) + "_" + name.substring(i + 1)))
                    .as("an underscore at " + i)
                    .isEqualTo(Header.OTHER);
        }
        if (name.length() > 1) {
            assertThat(of(name.substring(1))).isNotEqualTo(header);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Set-Cookie",
                "Server",
                "Via",
                "x-request-id",
                "Request-Id",
                "OpenAI-Organization",
                "openai-project",
                "anthropic-organization-id",
                "X-RateLimit-Remaining-Tokens",
                "anthropic-ratelimit-requests-limit",
                "ratelimit-reset",
                "CF-RAY",
                "cf-cache-status",
                "x-envoy-upstream-service-time",
                "x-ms-region",
                "apim-request-id",
                "Alt-Svc",
                "Strict-Transport-Security",
                "access-control-allow-origin",
                "Connection",
                "Keep-Alive",
                "Transfer-Encoding",
                "Trailer",
                "Upgrade",
                "X-Named"
            })
    void staysWithUs(String name) throws HttpException {
        assertThat(isPrivate(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type",
                "Content-Length",
                "Retry-After",
                "openai-processing-ms",
                "openai-version",
                "x-other",
                "Date",
                "cache-control",
                "x-ratelimi",
                "c",
                "Cfx"
            })
    void goesBackToTheClient(String name) throws HttpException {
        assertThat(isPrivate(name)).isFalse();
    }

    private static boolean isPrivate(String name) throws HttpException {
        String value = switch (name) {
            case "Connection" -> "close";
            case "Transfer-Encoding" -> "chunked";
            default -> "1";
        };
        Head head = response("HTTP/1.1 200 OK\r\nConnection: x-named\r\n" + name + ": " + value + "\r\n\r\n");
        return Header.privateAnswer(head, 1);
    }

    private static Header of(String name) {
        byte[] a = bytes("..." + name);
        return HeaderNames.of(a, 3, a.length);
    }
}
