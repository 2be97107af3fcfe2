package dev.tidemill.relay;

import static dev.tidemill.relay.Script.playing;
import static dev.tidemill.relay.Script.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Provider;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.upstream.Resolver;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.RawStep;
import dev.tidemill.simulator.SeenRequest;
import dev.tidemill.simulator.Simulator;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which headers go to the provider, and which come back. */
@ExtendWith(NothingLeaks.class)
class HeadersThroughTheRelayTest {
    @TempDir
    Path folder;

    @Test
    void anAnswerKeepsWhatIsAboutItAndLosesWhatIsAboutTheProvidersHouse() throws Exception {
        String body = "{\"id\":\"x\",\"choices\":[]}";
        String answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\nContent-Length: "
                + body.length()
                + "\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nUpgrade: h2c\r\n"
                + "Proxy-Authenticate: Basic\r\nSet-Cookie: a=b\r\nServer: cloudy\r\nVia: 1.1 x\r\n"
                + "x-ratelimit-remaining-tokens: 9\r\nX-RateLimit-Limit-Requests: 3\r\nopenai-organization: org-9\r\n"
                + "OpenAI-Project: proj-9\r\nx-request-id: req-of-theirs\r\nCF-RAY: 1\r\nalt-svc: h3\r\n"
                + "strict-transport-security: max-age=1\r\nAccess-Control-Allow-Origin: *\r\nRetry-After: 7\r\n"
                + "retry-after-ms: 0\r\nx-should-retry: true\r\n"
                + "openai-processing-ms: 12\r\nopenai-version: 2020-10-01\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                + "x-own: kept\r\n\r\n" + body;
        Path log = folder.resolve("access.log");
        try (RelayFixture fixture = new RelayFixture(
                        RelayOptions.defaults().withAccessLog(log), Policies.ONCE, Exchange.LIFE, List.of());
                HttpClient client = fixture.client()) {
            fixture.simulator.play(playing(send(answer), new RawStep.Keep()));
            HttpClient.Answer seen = client.ask(fixture.chat("m", false));
            assertThat(seen.status()).isEqualTo(200);
            assertThat(seen.body()).isEqualTo(body);
            List<String> names = seen.headers().stream()
                    .map(header -> header.substring(0, header.indexOf(':')).toLowerCase(Locale.ROOT))
                    .sorted()
                    .toList();
            assertThat(names)
                    .containsExactly(
                            "content-length",
                            "content-type",
                            "date",
                            "openai-processing-ms",
                            "openai-version",
                            "x-own",
                            "x-request-id",
                            "x-tidemill-attempts",
                            "x-tidemill-target");
            assertThat(seen.header("x-request-id")).startsWith("req_");
            assertThat(seen.header("content-type")).isEqualTo("application/json; charset=utf-8");
            fixture.atRest();
        }
        assertThat(Files.readString(log)).contains("\"upstream_request_id\":\"req-of-theirs\"");
    }

    @Test
    void aRequestTakesTheAllowedHeadersAndNoOthers() throws Exception {
        try (RelayFixture fixture = new RelayFixture();
                HttpClient client = fixture.client()) {
            String body = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"?\"}]}";
            HttpClient.Answer answer =
                    client.ask("POST /v1/chat/completions?trace=1 HTTP/1.1\r\nHost: relay.test\r\nx-api-key: "
                            + fixture.key.text() + "\r\nAuthorization: Bearer " + fixture.key.text()
                            + "\r\nContent-Type: application/json\r\nAccept: */*\r\nAccept-Encoding: gzip, br\r\n"
                            + "User-Agent: sdk/1\r\nOpenAI-Beta: assistants=v2\r\nCookie: s=1\r\nOpenAI-Organization: org-1\r\n"
                            + "OpenAI-Project: proj-1\r\nForwarded: for=1.2.3.4\r\nX-Forwarded-For: 1.2.3.4\r\n"
                            + "X-Forwarded-Host: evil\r\nX-Real-IP: 1.2.3.4\r\nX-Tidemill-User: u\r\nX-Tidemill-Priority: high\r\n"
                            + "X-Stainless-Lang: python\r\nOrigin: http://x\r\nReferer: http://x\r\nTE: trailers\r\n"
                            + "X-Sim-Fault: 500\r\nConnection: keep-alive\r\nContent-Length: " + body.length()
                            + "\r\n\r\n"
                            + body);
            assertThat(answer.status()).isEqualTo(200);
            SeenRequest seen = fixture.simulator.requests().getFirst();
            assertThat(seen.headerNames())
                    .containsExactlyInAnyOrder(
                            "host",
                            "accept-encoding",
                            "authorization",
                            "content-type",
                            "accept",
                            "user-agent",
                            "openai-beta",
                            "idempotency-key",
                            "content-length");
            assertThat(seen.target()).isEqualTo("/v1/chat/completions");
            assertThat(seen.header("host")).isEqualTo("127.0.0.1:" + fixture.simulator.port());
            assertThat(seen.header("accept-encoding")).isEqualTo("identity");
            assertThat(seen.header("authorization")).isEqualTo("Bearer sk-upstream-sim");
            assertThat(seen.header("user-agent")).isEqualTo("sdk/1");
            assertThat(seen.text()).isEqualTo(body);
            assertThat(seen.toString()).doesNotContain(fixture.key.text());
        }
    }

    @Test
    void severalCredentialsTakeTurnsAndFixedHeadersWin() throws Exception {
        Simulator simulator = Simulator.start(Behaviour.plain(), 0);
        Provider provider = new Provider(
                "two",
                RelayFixture.provider("two", simulator.baseUrl()).protocol(),
                URI.create(simulator.baseUrl()),
                List.of("sk-one", "sk-two"),
                Map.of("user-agent", "ours/1", "x-fixed", "yes"),
                null,
                null,
                Provider.StreamUsage.ASK);
        try (RelayFixture fixture = new RelayFixture(
                        simulator,
                        provider,
                        RelayOptions.defaults().withLoops(1),
                        Policies.ONCE,
                        Exchange.LIFE,
                        List.of(),
                        Resolver.SYSTEM);
                HttpClient client = fixture.client()) {
            for (int i = 0; i < 4; i++) {
                assertThat(client.ask(fixture.chat("m", i % 2 == 0)).status()).isEqualTo(200);
            }
            assertThat(simulator.counts().keys().get("Bearer sk-one").asked()).isEqualTo(2);
            assertThat(simulator.counts().keys().get("Bearer sk-two").asked()).isEqualTo(2);
            SeenRequest seen = simulator.requests().getFirst();
            assertThat(seen.header("user-agent")).isEqualTo("ours/1");
            assertThat(seen.header("x-fixed")).isEqualTo("yes");
            assertThat(seen.headerNames()).doesNotHaveDuplicates();
        }
    }

    @Test
    void aModelsNameCannotAddHeaders() throws Exception {
        try (RelayFixture fixture = new RelayFixture();
                HttpClient client = fixture.client()) {
            HttpClient.Answer answer = client.ask(fixture.chat("m\\r\\nset-cookie: a=b\\u0000\\u6f6e", false));
            assertThat(answer.header("set-cookie")).isNull();
            assertThat(answer.header("x-tidemill-target")).isEqualTo("sim/m??set-cookie: a=b??");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "7, 7",
        "0, 1",
        "0.4, 1",
        "1.5, 2",
        "60, 60",
        "61, 60",
        "absurd, 60",
        "past, 1",
        "date:100000, 60",
        "negative, ",
        "soon, ",
        "NaN, ",
        "'', "
    })
    void retryAfterComesBackInWholeSecondsOrNotAtAll(String theirs, String ours) throws Exception {
        try (RelayFixture fixture = new RelayFixture();
                HttpClient client = fixture.client()) {
            String fault = "429" + (theirs.isEmpty() ? "" : ";retry-after=" + theirs) + ";retry-after-ms=0";
            for (boolean stream : new boolean[] {true, false}) {
                HttpClient.Answer answer = client.ask(fixture.chat("sim-" + fault, stream));
                assertThat(answer.status()).isEqualTo(429);
                assertThat(answer.header("retry-after")).isEqualTo(ours);
                assertThat(answer.header("retry-after-ms")).isNull();
            }
        }
    }

    @Test
    void aChatIsSentAsUtf8Bytes() throws Exception {
        try (RelayFixture fixture = new RelayFixture();
                HttpClient client = fixture.client()) {
            client.ask(fixture.chat("renamed", false));
            SeenRequest seen = fixture.simulator.requests().getFirst();
            assertThat(seen.header("content-length"))
                    .isEqualTo(Integer.toString(seen.text().getBytes(StandardCharsets.UTF_8).length));
            assertThat(seen.text()).contains("世界");
        }
    }
}
