package dev.tidemill.relay;

import static dev.tidemill.relay.Script.LAST_CHUNK;
import static dev.tidemill.relay.Script.STREAM;
import static dev.tidemill.relay.Script.chunk;
import static dev.tidemill.relay.Script.content;
import static dev.tidemill.relay.Script.event;
import static dev.tidemill.relay.Script.role;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.route.Clocks;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Policy.ClientGone;
import dev.tidemill.core.route.Policy.OnBreak;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.exchange.Exchange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A provider that fails while nobody listens any more fails all the same: for its health, the metrics and the log. */
@ExtendWith(NothingLeaks.class)
class FailsAfterTheClientLeftTest {
    private static final String ERROR =
            event("{\"error\":{\"message\":\"no water\",\"type\":\"server_error\",\"code\":\"server_error\"}}");
    private static final String BODY = "{\"error\":{\"message\":\"no water\",\"type\":\"server_error\"}}";

    @TempDir
    Path folder;

    private final HandFedProvider provider;
    private RelayFixture fixture;

    FailsAfterTheClientLeftTest() throws Exception {
        provider = new HandFedProvider();
    }

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture(
                RelayOptions.defaults().withAccessLog(folder.resolve("access.log")),
                Policies.ONCE,
                Exchange.LIFE,
                List.of());
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
        provider.close();
    }

    private void route(ClientGone gone, int attempts, OnBreak onBreak, Clocks clocks) {
        Policy usual = Policy.DEFAULT;
        Policy policy = new Policy(
                clocks,
                new Policy.Retry(attempts, 0.1),
                usual.breaker(),
                onBreak,
                usual.badEvent(),
                gone,
                usual.heartbeat(),
                usual.openEarly(),
                usual.hedge(),
                usual.resume());
        Provider one = RelayFixture.provider("first", provider.baseUrl());
        fixture.directory.routes(new Routes(2, List.of(one), List.of(new Model("m", List.of(Target.of(one)), policy))));
    }

    /** A client asks, sees what the provider sends, and leaves; the relay knows it when this returns. */
    private void askedAndLeft(boolean stream, String sent, int seen) throws Exception {
        try (HttpClient client = fixture.client()) {
            client.send(fixture.chat("m", stream));
            provider.accept().request();
            provider.send(sent);
            assertThat(client.in().readNBytes(seen)).hasSize(seen);
        }
        Eventually.until(() -> fixture.relay.meters().connections() == 0);
    }

    private void askedAndLeft() throws Exception {
        askedAndLeft(true, STREAM + chunk(role()) + chunk(content("Hello")), 200);
    }

    /** The line of the access log; what the provider did is counted as one failure of this kind. */
    private JsonNode counted(Kind kind) throws Exception {
        JsonNode line = line();
        assertThat(fixture.relay.health().targets(System.nanoTime()).getFirst().failures())
                .isEqualTo(1);
        assertThat(fixture.relay.meters().attempts().failures(kind)).isEqualTo(1);
        assertThat(fixture.relay.meters().attempts().whole()).isZero();
        assertThat(fixture.relay.meters().failures(kind)).isEqualTo(1);
        assertThat(line.get("tries")).hasSize(1);
        assertThat(line.get("tries").get(0).get("kind").stringValue()).isEqualTo(kind.word());
        assertThat(line.get("detail").stringValue()).contains("the client had left");
        return line;
    }

    private JsonNode line() throws Exception {
        fixture.atRest();
        Path log = folder.resolve("access.log");
        Eventually.until(() -> Files.exists(log) && !Files.readString(log).isEmpty());
        return new ObjectMapper().readTree(Files.readString(log));
    }

    @ParameterizedTest
    @EnumSource(
            value = ClientGone.class,
            names = {"DRAIN", "DETACH"})
    void withAnErrorEventInMidStream(ClientGone gone) throws Exception {
        route(gone, 1, OnBreak.ERROR, Clocks.DEFAULT);
        askedAndLeft();
        provider.send(chunk(ERROR) + LAST_CHUNK);
        assertThat(counted(Kind.UPSTREAM_ERROR).get("failure").stringValue()).isEqualTo("server_error");
    }

    @Test
    void withAnErrorEventWhereBrokenStreamsAreMended() throws Exception {
        route(ClientGone.DRAIN, 3, OnBreak.RESTART, Clocks.DEFAULT);
        askedAndLeft();
        provider.send(chunk(ERROR) + LAST_CHUNK);
        assertThat(counted(Kind.UPSTREAM_ERROR).get("attempts").intValue()).isEqualTo(1);
    }

    @Test
    void withAnErrorEventBehindWhichItKeepsTheConnectionOpen() throws Exception {
        route(
                ClientGone.DRAIN,
                1,
                OnBreak.ERROR,
                Policies.clocks(0, 0, 0, 3_000, 0, 0).clocks());
        askedAndLeft();
        provider.send(chunk(ERROR));
        counted(Kind.UPSTREAM_ERROR);
    }

    @ParameterizedTest
    @EnumSource(
            value = ClientGone.class,
            names = {"DRAIN", "DETACH"})
    void withABreak(ClientGone gone) throws Exception {
        route(gone, 3, OnBreak.ERROR, Clocks.DEFAULT);
        askedAndLeft();
        provider.hangUp();
        assertThat(counted(Kind.UPSTREAM_BROKEN).get("failure").stringValue()).isEqualTo("upstream_connection_closed");
    }

    @Test
    void withSilence() throws Exception {
        route(
                ClientGone.DRAIN,
                3,
                OnBreak.ERROR,
                Policies.clocks(0, 0, 0, 3_000, 0, 0).clocks());
        askedAndLeft();
        assertThat(counted(Kind.UPSTREAM_TIMEOUT)
                        .get("tries")
                        .get(0)
                        .get("clock")
                        .stringValue())
                .isEqualTo("gap");
    }

    @Test
    void withAnErrorInPlaceOfAnAnswer() throws Exception {
        route(ClientGone.DRAIN, 3, OnBreak.ERROR, Clocks.DEFAULT);
        askedAndLeft(false, "", 0);
        provider.send("HTTP/1.1 500 No\r\ncontent-type: application/json\r\ncontent-length: " + BODY.length()
                + "\r\n\r\n" + BODY);
        JsonNode line = counted(Kind.UPSTREAM_ERROR);
        assertThat(line.get("status").intValue()).isEqualTo(502);
        assertThat(line.get("attempts").intValue()).isEqualTo(1);
    }

    @Test
    void withAnErrorThatTheClientReadAndLeftUpon() throws Exception {
        route(ClientGone.CANCEL, 1, OnBreak.ERROR, Clocks.DEFAULT);
        try (HttpClient client = fixture.client()) {
            client.send(fixture.chat("m", true));
            provider.accept().request();
            provider.send(STREAM + chunk(role()) + chunk(content("Hello")) + chunk(ERROR));
            StringBuilder seen = new StringBuilder();
            while (seen.indexOf("no water") < 0) {
                seen.append((char) client.in().read());
            }
        }
        counted(Kind.UPSTREAM_ERROR);
    }

    @Test
    void aClientThatLeavesBetweenTwoTriesIsNotTriedFor() throws Exception {
        route(ClientGone.DRAIN, 3, OnBreak.ERROR, Clocks.DEFAULT);
        askedAndLeft(
                false,
                "HTTP/1.1 503 No\r\ncontent-type: application/json\r\nretry-after: 2\r\ncontent-length: "
                        + BODY.length() + "\r\n\r\n" + BODY,
                0,
                1);
        assertThat(line().get("failure").stringValue()).isEqualTo("client_gone");
        assertThat(line().get("attempts").intValue()).isEqualTo(1);
        assertThat(provider.askedAgain()).isFalse();
    }

    /** As {@link #askedAndLeft}, once so many attempts have failed. */
    private void askedAndLeft(boolean stream, String sent, int seen, int failed) throws Exception {
        try (HttpClient client = fixture.client()) {
            client.send(fixture.chat("m", stream));
            provider.accept().request();
            provider.send(sent);
            assertThat(client.in().readNBytes(seen)).hasSize(seen);
            Eventually.until(() ->
                    fixture.relay.health().targets(System.nanoTime()).getFirst().failures() == failed);
        }
        Eventually.until(() -> fixture.relay.meters().connections() == 0);
    }

    @Test
    void aConnectionThatWasStaleIsNotReplacedForNobody() throws Exception {
        route(ClientGone.DRAIN, 3, OnBreak.ERROR, Clocks.DEFAULT);
        String answer = "{\"choices\":[{\"message\":{\"content\":\"x\"}}]}";
        try (HttpClient client = fixture.client()) {
            client.send(fixture.chat("m", false));
            provider.accept().request();
            provider.send(Script.json(answer));
            assertThat(client.read().status()).isEqualTo(200);
            client.send(fixture.chat("m", false));
            provider.request();
        }
        Eventually.until(() -> fixture.relay.meters().connections() == 0);
        provider.hangUp();
        fixture.atRest();
        assertThat(fixture.relay.meters().failures(Kind.CLIENT_GONE)).isEqualTo(1);
        assertThat(fixture.relay.meters().failures(Kind.OURS)).isZero();
        assertThat(provider.askedAgain()).isFalse();
    }
}
