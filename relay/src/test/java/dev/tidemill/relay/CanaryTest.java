package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.tidemill.core.route.Provider;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.exchange.Phase;
import dev.tidemill.relay.exchange.Step;
import dev.tidemill.relay.upstream.Resolver;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Secrets planted wherever a call has them do not come up in a log, whatever goes wrong. */
class CanaryTest {
    private static final String PROMPT = "canary-of-the-prompt";
    private static final String ANSWER = "canary-of-the-answer";
    private static final String CREDENTIAL = "sk-canary-of-the-credential";
    private static final String HEADER = "canary-of-a-fixed-header";

    /** Throws for one exchange in four. */
    private static final class Trips implements Phase {
        private final AtomicInteger runs = new AtomicInteger();

        @Override
        public Step run(Exchange exchange) {
            if (runs.incrementAndGet() % 4 == 0) {
                throw new IllegalStateException("on purpose");
            }
            return Step.NEXT;
        }
    }

    @TempDir
    Path folder;

    @Test
    void noLogTellsThem() throws Exception {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        Logger ours = (Logger) LoggerFactory.getLogger("dev.tidemill");
        Level before = ours.getLevel();
        ours.setLevel(Level.TRACE);
        ours.setAdditive(false);
        ours.addAppender(logged);
        Path log = folder.resolve("access.log");
        List<String> seen = new ArrayList<>();
        String key;
        try {
            key = call(log, seen);
        } finally {
            ours.detachAppender(logged);
            ours.setLevel(before);
            ours.setAdditive(true);
        }
        String all = Files.readString(log)
                + logged.list.stream().map(CanaryTest::text).toList();
        assertThat(all).contains("upstream_credential", "invalid_api_key", "internal_error");
        assertThat(all).doesNotContain(PROMPT, ANSWER, CREDENTIAL, HEADER, key, key.substring(key.indexOf('_') + 1));
        assertThat(String.join("\n", seen)).doesNotContain(CREDENTIAL, HEADER).contains(ANSWER);
    }

    private static String text(ILoggingEvent event) {
        return event.getFormattedMessage()
                + (event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }

    private static String call(Path log, List<String> seen) throws Exception {
        Simulator simulator = Simulator.start(Behaviour.of("text=" + ANSWER), 0);
        Provider provider = new Provider(
                "sim",
                RelayFixture.provider("sim", simulator.baseUrl()).protocol(),
                URI.create(simulator.baseUrl()),
                List.of(CREDENTIAL),
                Map.of("x-account", HEADER),
                null,
                null,
                Provider.StreamUsage.ASK);
        List<Phase> life = new ArrayList<>(Exchange.LIFE);
        life.add(2, new Trips());
        try (RelayFixture fixture = new RelayFixture(
                simulator,
                provider,
                RelayOptions.defaults().withAccessLog(log),
                Policies.clocks(0, 1_000, 1_000, 1_000, 1_000, 0),
                life,
                List.of(),
                Resolver.SYSTEM)) {
            String key = fixture.key.text();
            List<String> behaviours = List.of(
                    "ok",
                    "401",
                    "403",
                    "429",
                    "500",
                    "error-body",
                    "html",
                    "bad-json",
                    "error-event=1",
                    "error-event=0",
                    "cut-after=1",
                    "bad-chunk=1",
                    "two-lengths",
                    "wrong-type",
                    "stall-headers",
                    "wrong-encoding",
                    "gzip",
                    "redirect",
                    "error-body;type=invalid_api_key;message=Incorrect key: " + CREDENTIAL + " and " + HEADER,
                    "error-body;message=Incorrect key: " + CREDENTIAL + " and " + HEADER,
                    "error-event=0;message=Incorrect key: " + CREDENTIAL);
            for (String behaviour : behaviours) {
                simulator.behave(Behaviour.of("text=" + ANSWER + "+" + behaviour));
                for (String extra : List.of("", ",\"stream\":true")) {
                    seen.add(ask(fixture, "", "Bearer " + key, body("m", extra)));
                }
            }
            simulator.behave(Behaviour.plain());
            for (int i = 0; i < 8; i++) {
                ask(fixture, "?key=" + key, null, body("m", ""));
            }
            ask(fixture, "", "Bearer " + key.substring(0, key.length() - 1) + "X", body("m", ""));
            ask(fixture, "?key=tm-wrong" + PROMPT, null, body("m", ""));
            ask(fixture, "?key=" + key, "Bearer " + key + "x", body("m", ""));
            ask(fixture, "", "Bearer " + key, "{\"model\":\"m\",\"messages\":\"" + PROMPT);
            ask(fixture, "", "Bearer " + key, "{\"model\":\"" + PROMPT.repeat(30) + "\",\"messages\":[]}");
            ask(fixture, "", "Bearer " + key + "\r\nX-Bad Header: " + PROMPT, body("m", ""));
            fixture.atRest();
            return key;
        }
    }

    private static String body(String model, String extra) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + PROMPT + "\"}]" + extra
                + "}";
    }

    private static String ask(RelayFixture fixture, String query, String authorization, String body) throws Exception {
        try (HttpClient client = fixture.client()) {
            HttpClient.Answer answer = client.ask("POST /v1/chat/completions" + query + " HTTP/1.1\r\nhost: r\r\n"
                    + (authorization == null ? "" : "authorization: " + authorization + "\r\n") + "content-length: "
                    + body.length() + "\r\n\r\n" + body);
            return answer.headers() + answer.body();
        }
    }
}
