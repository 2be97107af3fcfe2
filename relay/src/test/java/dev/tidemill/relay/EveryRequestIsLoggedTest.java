package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.line.LineRequest;
import dev.tidemill.relay.service.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** One line of JSON for each request, whoever answered it, and meters that add up to the same. */
@ExtendWith(NothingLeaks.class)
class EveryRequestIsLoggedTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RelayFixture fixture;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws Exception {
        Route files = Route.of("POST", "/v1/files/{id}", call -> {
            call.body(100);
            call.answerJson(201, new byte[] {'{', '}'});
        });
        Route crash = Route.open("GET", "/crash", call -> {
            throw new dev.tidemill.relay.service.ServiceException(
                    dev.tidemill.core.Failure.of(dev.tidemill.core.Failure.Kind.CONFLICT, "taken", "taken"));
        });
        fixture = new RelayFixture(
                RelayOptions.defaults().withAccessLog(folder.resolve("access.log")),
                Policies.ONCE,
                Exchange.LIFE,
                List.of(files, crash));
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private List<JsonNode> lines() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("access.log"))) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    @Test
    void exchangesServicesAndRefusalsEachHaveTheirLine() throws Exception {
        String key = fixture.key.text();
        List<String> ids = new ArrayList<>();
        try (HttpClient client = fixture.client()) {
            for (String request : List.of(
                    fixture.chat("m", true),
                    fixture.chat("hostile \\\"\\\\\\n\\u0000 世", false),
                    fixture.chat("m", false).replace("{\"model", "{ model"),
                    "POST /v1/files/secret-name?key=" + key + " HTTP/1.1\r\nhost: r\r\ncontent-length: 2\r\n\r\n{}",
                    "GET /crash HTTP/1.1\r\nhost: r\r\n\r\n",
                    "GET /nowhere?key=" + key + " HTTP/1.1\r\nhost: r\r\n\r\n",
                    "GET /v1/chat/completions HTTP/1.1\r\nhost: r\r\n\r\n",
                    "OPTIONS /v1/chat/completions HTTP/1.1\r\nhost: r\r\n\r\n",
                    fixture.chat("m", false).replace(key, "wrong"))) {
                ids.add(String.valueOf(client.ask(request).header("x-request-id")));
            }
        }
        try (HttpClient client = fixture.client()) {
            ids.add(String.valueOf(client.ask("nonsense\r\n\r\n").header("x-request-id")));
        }
        CountDownLatch done = new CountDownLatch(1);
        fixture.relay
                .lines()
                .run(
                        new LineRequest(
                                fixture.key.id(),
                                "/v1/embeddings",
                                "{\"model\":\"m\",\"input\":\"a\"}".getBytes(StandardCharsets.UTF_8),
                                "k"),
                        answer -> done.countDown());
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        Eventually.until(() -> fixture.relay.running() == 0);
        fixture.relay.close();

        List<JsonNode> lines = lines();
        assertThat(lines).hasSize(11);
        ids.set(7, "null".equals(ids.get(7)) ? "" : ids.get(7)); // a preflight answers without an id
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            int status =
                    List.of(200, 200, 400, 201, 409, 404, 405, 204, 401, 400).get(i);
            assertThat(lines).anySatisfy(line -> {
                assertThat(line.get("request_id").stringValue()).endsWith(id);
                assertThat(line.get("status").intValue()).isEqualTo(status);
                assertThat(line.get("peer").stringValue()).isEqualTo("127.0.0.1");
                assertThat(line.get("total_us").longValue()).isNotNegative();
            });
        }
        JsonNode stream = by(lines, ids.get(0));
        assertThat(stream.get("key").stringValue()).isEqualTo(fixture.key.id());
        assertThat(stream.get("model").stringValue()).isEqualTo("m");
        assertThat(stream.get("target").stringValue()).isEqualTo("sim/m");
        assertThat(stream.get("stream").booleanValue()).isTrue();
        assertThat(stream.get("attempts").intValue()).isEqualTo(1);
        assertThat(stream.get("usage").get("output").intValue()).isEqualTo(24);
        assertThat(stream.get("phases_us").propertyNames())
                .as("those in which it was more than a moment")
                .contains("send", "await", "deliver")
                .isSubsetOf(fixture.relay.meters().phaseNames());
        assertThat(by(lines, ids.get(1)).get("model").stringValue()).isEqualTo("hostile \"\\   世");
        JsonNode refused = by(lines, ids.get(2));
        assertThat(refused.get("failure").stringValue()).isEqualTo("invalid_json");
        JsonNode service = by(lines, ids.get(3));
        assertThat(service.get("method").stringValue()).isEqualTo("POST");
        assertThat(service.get("path").stringValue())
                .as("the pattern, not the name")
                .isEqualTo("/v1/files/{id}");
        assertThat(service.get("key").stringValue()).isEqualTo(fixture.key.id());
        assertThat(service.get("bytes_out").intValue()).isEqualTo(2);
        assertThat(by(lines, ids.get(4)).get("failure").stringValue()).isEqualTo("taken");
        assertThat(by(lines, ids.get(5)).get("path").stringValue()).isEqualTo("/nowhere");
        assertThat(by(lines, ids.get(9)).get("failure").stringValue()).isEqualTo("method_invalid");
        assertThat(lines.stream().filter(line -> line.has("batch"))).hasSize(1);
        assertThat(Files.readString(folder.resolve("access.log")))
                .doesNotContain(key)
                .doesNotContain("sk-upstream");
    }

    private static JsonNode by(List<JsonNode> lines, String id) {
        return lines.stream()
                .filter(line -> line.get("request_id").stringValue().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
