package dev.tidemill.relay;

import static dev.tidemill.relay.Script.LAST_CHUNK;
import static dev.tidemill.relay.Script.STREAM;
import static dev.tidemill.relay.Script.chunk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.response.ResponseRecord;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.HttpClient.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A response whose provider breaks while the disk takes its id: nothing has left, so it has a status, or another try. */
@ExtendWith(NothingLeaks.class)
class BreaksWhileItIsRecordedTest {
    private static final String BEGINNING = chunk(event("created", "\"response\":" + response("in_progress")))
            + chunk(event(
                    "output_text.delta", "\"item_id\":\"i\",\"output_index\":0,\"content_index\":0,\"delta\":\"Hi\""));
    private static final String WHOLE =
            STREAM + BEGINNING + chunk(event("completed", "\"response\":" + response("completed"))) + LAST_CHUNK;
    /** In one write, so that the end is there before the answer can have left. */
    private static final String BROKEN = STREAM + BEGINNING + LAST_CHUNK;

    private final CompletableFuture<Void> disk = new CompletableFuture<>();
    private final HandFedProvider first;
    private final HandFedProvider second;
    private RelayFixture fixture;

    BreaksWhileItIsRecordedTest() throws Exception {
        first = new HandFedProvider();
        second = new HandFedProvider();
    }

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture();
        fixture.responses.until = disk;
    }

    @AfterEach
    void stop() throws Exception {
        fixture.atRest();
        fixture.close();
        first.close();
        second.close();
    }

    private static String event(String type, String more) {
        return "event: response." + type + "\ndata: {\"type\":\"response." + type + "\",\"sequence_number\":0," + more
                + "}\n\n";
    }

    private static String response(String status) {
        return "{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":1,\"status\":\"" + status
                + "\",\"model\":\"x\",\"output\":[]}";
    }

    /** One attempt at each. */
    private void route(HandFedProvider... providers) {
        List<Provider> all = new ArrayList<>();
        List<Target> targets = new ArrayList<>();
        for (HandFedProvider each : providers) {
            Provider provider = RelayFixture.provider(each == first ? "first" : "second", each.baseUrl());
            all.add(provider);
            targets.add(new Target(provider, "x", "", all.size(), 1, false, 0));
        }
        fixture.directory.routes(new Routes(2, all, List.of(new Model("m", targets, Policies.ONCE))));
    }

    private String request() {
        return fixture.post("/v1/responses", "{\"model\":\"m\",\"input\":\"Hello\",\"stream\":true}");
    }

    @Test
    void itHasAStatusAndItsRecordIsTakenBack() throws Exception {
        route(first);
        try (HttpClient client = fixture.client()) {
            client.send(request());
            first.accept().request();
            first.send(BROKEN);
            Answer answer = client.read(); // though the disk has not answered, and whenever it does
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).contains("upstream_truncated").doesNotContain("resp_1");
            disk.complete(null);
            Eventually.until(() -> fixture.responses.forgotten.get() == 1);
            assertThat(fixture.responses.all()).isEmpty();
            assertThat(client.ask(RelayFixture.ask("GET", "/v1/responses/resp_1", fixture.key, ""))
                            .status())
                    .isEqualTo(404);
        }
    }

    @Test
    void itIsTriedElsewhereAndTheSameIdLeadsThere() throws Exception {
        route(first, second);
        try (HttpClient client = fixture.client()) {
            client.send(request());
            first.accept().request();
            first.send(BROKEN);
            second.accept().request(); // though the disk has not answered
            second.send(WHOLE);
            disk.complete(null);
            Answer answer = client.read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("x-tidemill-target")).isEqualTo("second/x");
            assertThat(answer.header("x-tidemill-attempts")).isEqualTo("2");
            assertThat(answer.body()).contains("response.completed");
            assertThat(answer.body().split("response.created\n", -1))
                    .as("one beginning")
                    .hasSize(2);
        }
        ResponseRecord kept =
                Objects.requireNonNull(fixture.responses.all().get(List.of("default", "default", "resp_1")));
        assertThat(kept.provider()).isEqualTo("second");
        assertThat(fixture.responses.forgotten.get()).isEqualTo(1);
    }

    @Test
    void aClientThatLeavesMeanwhileLeavesNoRecord() throws Exception {
        route(first);
        try (HttpClient client = fixture.client()) {
            client.send(request());
            first.accept().request();
            first.send(STREAM + BEGINNING);
            Eventually.until(() ->
                    fixture.relay.health().targets(System.nanoTime()).getFirst().ttftNanos() > 0);
        }
        Eventually.until(() -> fixture.relay.meters().connections() == 0);
        disk.complete(null);
        Eventually.until(() -> fixture.responses.forgotten.get() == 1);
        assertThat(fixture.responses.all()).isEmpty();
    }
}
