package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Rule;
import dev.tidemill.simulator.Scenario;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Words that occur nowhere else are sent in every place where something confidential may stand, through good answers and
 * broken ones; then everything that is written, told or kept is searched for them.
 */
@Timeout(120)
class SecretsTest {
    private static final String PROMPT = "canaryprompt";
    private static final String ANSWER = "canaryanswer";
    private static final String BATCH_PROMPT = "canarylinein";
    private static final String BATCH_ANSWER = "canarylineout";
    private static final String COMPLAINT = "canarycomplaint";
    private static final String WRONG_KEY = "sk-proj-canarywrongkey";
    private static final String FIXED_HEADER = "canaryheader";

    @TempDir
    Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<Answer> refused = new ArrayList<>();
    private Node node;
    private String key;
    private Level level;

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("dev.tidemill");
    }

    @BeforeEach
    void start() throws Exception {
        level = logger().getLevel();
        logger().setLevel(Level.TRACE);
        log.start();
        logger().addAppender(log);
        node = Node.start(
                folder,
                "",
                ", headers: { x-team: " + FIXED_HEADER + " }, pool: { idle: 1s }",
                "log: { access: access.log }\npolicy: { clocks: { gap: 300ms, first_content: 300ms, headers: 300ms }, breaker: off, retry: { attempts: 1 } }");
        key = node.key("owner");
    }

    @AfterEach
    void stop() {
        node.close();
        logger().detachAppender(log);
        logger().setLevel(level);
    }

    @Test
    void areWhereTheyBelongAndNowhereElse() throws Exception {
        liveRequests();
        wrongRequests();
        batch();
        String told = told();
        String admin = node.adminAccess().token();
        node.close();

        assertThat(node.simulator.requests()).allSatisfy(seen -> {
            assertThat(seen.header("authorization")).isEqualTo("Bearer " + Node.CREDENTIAL);
            assertThat(seen.toString()).doesNotContain(key);
        });
        refused.forEach(answer -> assertThat(answer.headers() + answer.body())
                .doesNotContain(secret(key), Node.CREDENTIAL, WRONG_KEY, FIXED_HEADER, PROMPT));
        assertThat(logged()).as("log").contains("keys, data in").doesNotContain(everything(admin));
        assertThat(Files.readString(folder.resolve("access.log")))
                .as("access log")
                .contains("\"path\":\"/v1/chat/completions\"", key.substring(3, 11), "for the operator alone")
                .doesNotContain(everything(admin));
        assertThat(told).as("metrics and state").contains("tidemill_exchanges").doesNotContain(everything(admin));
        kept();
    }

    /** The 43 secret characters. */
    private static String secret(String key) {
        return key.substring(12);
    }

    private String[] everything(String admin) {
        return new String[] {
            PROMPT,
            ANSWER,
            BATCH_PROMPT,
            BATCH_ANSWER,
            COMPLAINT,
            WRONG_KEY,
            FIXED_HEADER,
            Node.CREDENTIAL,
            secret(key),
            admin
        };
    }

    private void liveRequests() throws IOException {
        List<String> behaviours = List.of(
                "tokens=5",
                "400;message=" + COMPLAINT,
                "404;message=" + COMPLAINT,
                "422;message=" + COMPLAINT,
                "429;retry-after=1;message=" + COMPLAINT,
                "500;message=" + COMPLAINT,
                "401;message=Incorrect%20API%20key%20provided:%20" + Node.CREDENTIAL,
                "403;message=" + Node.CREDENTIAL + "%20may%20not",
                "402;message=for%20the%20operator%20alone",
                "400;message=you%20sent%20" + Node.CREDENTIAL + "%20and%20" + FIXED_HEADER,
                "500;message=you%20sent%20" + Node.CREDENTIAL,
                "error-body;message=" + COMPLAINT,
                "error-body;message=you%20sent%20" + Node.CREDENTIAL,
                "error-event=0;message=you%20sent%20" + Node.CREDENTIAL,
                "error-event=2;message=" + COMPLAINT,
                "bad-json=1",
                "html",
                "close",
                "reset-at=0",
                "reset-at=700",
                "cut-after=2",
                "truncate-after=2",
                "stall-after=2;for=1s",
                "stall-headers;for=1s",
                "wrong-type",
                "wrong-encoding",
                "two-lengths",
                "bad-chunk=1",
                "header-bomb=300KiB",
                "redirect=302;location=http://127.0.0.1:9/" + ANSWER,
                "huge-event=9MiB",
                "empty-body");
        for (String behaviour : behaviours) {
            node.forgetHealth();
            node.simulator.behave(Behaviour.of("text=" + ANSWER + "+" + behaviour));
            for (boolean stream : new boolean[] {false, true}) {
                Answer answer = node.ask("POST", "/v1/chat/completions", key, Node.chat("gpt-test", PROMPT, stream));
                if (answer.status() != 200) {
                    refused.add(answer);
                }
                node.forgetHealth(); // a key that was refused, a model that is not known
            }
        }
        node.simulator.behave(Behaviour.of("text=" + ANSWER));
        assertThat(node.ask("POST", "/v1/chat/completions?key=" + key, null, Node.chat("gpt-test", PROMPT, false))
                        .status())
                .isEqualTo(200);
    }

    private void wrongRequests() throws IOException {
        String body = Node.chat("gpt-test", PROMPT, false);
        refused.add(node.ask("POST", "/v1/chat/completions", WRONG_KEY, body));
        refused.add(node.ask("POST", "/v1/chat/completions?key=" + WRONG_KEY, null, body));
        refused.add(node.ask("POST", "/v1/chat/completions?key=" + WRONG_KEY, key, body));
        refused.add(node.ask("POST", "/v1/nothing?key=" + key, null, body));
        refused.add(node.ask("PUT", "/v1/chat/completions?key=" + key, null, body));
        refused.add(node.ask("POST", "/v1/chat/completions", key, body.substring(1)));
        refused.add(node.ask("POST", "/v1/chat/completions", key, "{\"messages\":\"" + PROMPT + "\"}"));
        refused.add(node.ask("GET", "/v1/files/file-none?key=" + key, null, null));
        refused.add(node.ask("POST", "/v1/batches?key=" + key, null, "{\"" + PROMPT + "\":"));
        try (Wire admin = new Wire(node.admin())) {
            refused.add(admin.ask("GET", "/admin/keys", WRONG_KEY, null));
        }
        try (Wire wire = new Wire(node.url())) {
            refused.add(wire.send("GET", "/v1/models", key, null, "x-bad header: " + WRONG_KEY + "\r\n")
                    .read());
        }
        assertThat(refused).allMatch(answer -> answer.status() >= 400);
    }

    private void batch() throws Exception {
        node.simulator.play(new Scenario(
                1,
                Scenario.of(Behaviour.plain()).door(),
                Scenario.of(Behaviour.plain()).tls(),
                Behaviour.of("text=" + BATCH_ANSWER),
                List.of(
                        Rule.forModel("*", Behaviour.of("500;message=" + COMPLAINT))
                                .when(1, 3, 0),
                        Rule.forModel("*", Behaviour.of("400;message=" + BATCH_ANSWER))
                                .when(1, 2, 0),
                        Rule.forModel("*", Behaviour.of("reset-at=0")).when(1, 2, 0))));
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            lines.append(Lines.line("line-" + i, "gpt-test", BATCH_PROMPT)).append('\n');
        }
        JsonNode batch = node.ended(key, node.batch(key, node.upload(key, lines.toString())));
        assertThat(batch.path("status").asString()).isEqualTo("completed");
        assertThat(batch.toString()).doesNotContain(BATCH_PROMPT, BATCH_ANSWER, COMPLAINT);

        String faulty = lines + "{\"custom_id\":\"" + BATCH_PROMPT + "\n";
        JsonNode failed = node.ended(key, node.batch(key, node.upload(key, faulty)));
        assertThat(failed.path("status").asString()).isEqualTo("failed");
        assertThat(failed.toString()).doesNotContain(BATCH_PROMPT);
    }

    private String told() throws IOException {
        StringBuilder told = new StringBuilder();
        try (Wire admin = new Wire(node.admin())) {
            for (String path : List.of("/metrics", "/health", "/ready", "/admin/keys", "/admin/configuration")) {
                told.append(
                        admin.ask("GET", path, node.adminAccess().token(), null).body());
            }
        }
        return told.toString();
    }

    private String logged() {
        StringBuilder text = new StringBuilder();
        for (ILoggingEvent event : List.copyOf(log.list)) {
            text.append(event.getLoggerName())
                    .append(event.getFormattedMessage())
                    .append('\n');
            if (event.getThrowableProxy() != null) {
                text.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
        return text.toString();
    }

    /** Batches are kept to be fetched; nothing else is, and keys only as digests. */
    private void kept() throws IOException {
        Map<Path, String> files = new HashMap<>();
        try (Stream<Path> all = Files.walk(folder.resolve("data"))) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(file, Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        assertThat(files).isNotEmpty();
        assertThat(files).allSatisfy((file, content) -> {
            assertThat(content)
                    .as(file.toString())
                    .doesNotContain(PROMPT, ANSWER, WRONG_KEY, FIXED_HEADER, Node.CREDENTIAL, secret(key), COMPLAINT);
            if (!file.startsWith(folder.resolve("data/blobs"))) {
                assertThat(content).as(file.toString()).doesNotContain(BATCH_PROMPT);
            }
        });
        assertThat(files.values()).anyMatch(content -> content.contains(new KeySecret(key).digest()));
        assertThat(files.values()).anyMatch(content -> content.contains(BATCH_PROMPT));
        assertThat(files.values()).anyMatch(content -> content.contains(BATCH_ANSWER));
    }
}
