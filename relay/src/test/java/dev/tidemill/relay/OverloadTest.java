package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.limit.Shedding;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.exchange.Phase;
import dev.tidemill.relay.exchange.Step;
import dev.tidemill.relay.meter.AdmissionMeters.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** When the relay itself has too much to do, new requests are turned away and running streams are not. */
@ExtendWith(NothingLeaks.class)
class OverloadTest {
    private static final Pattern BLOCK = Pattern.compile("\"model\":\"blocks-([0-9]+)");

    /** Holds the loop up for requests that say so, and for as many milliseconds. */
    private static final Phase BLOCKS = exchange -> {
        Matcher block = BLOCK.matcher(new String(exchange.downstream().body(), StandardCharsets.ISO_8859_1));
        if (block.find()) {
            try {
                Thread.sleep(Integer.parseInt(block.group(1)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return Step.NEXT;
    };

    private static RelayFixture fixture() throws Exception {
        List<Phase> life = new ArrayList<>(Exchange.LIFE);
        life.add(2, BLOCKS);
        Shedding.Terms terms = new Shedding.Terms(100_000_000L, 0, 0.5, 0.95);
        return new RelayFixture(
                RelayOptions.defaults().withLoops(1).withShedding(terms), Policies.ONCE, life, List.of());
    }

    @Test
    void aLoopThatStandsStillAgainAndAgainTakesNobodyNewAndKeepsItsStreams() throws Exception {
        try (RelayFixture fixture = fixture();
                HttpClient stream = fixture.client()) {
            stream.send(fixture.chat("sim-tokens=60+speed=20", true));
            Eventually.until(() -> fixture.simulator.counts().running() == 1);
            AtomicBoolean enough = new AtomicBoolean();
            Thread load = again(fixture, fixture.chat("blocks-250", false), 200, enough);
            Answer shed = null;
            for (int i = 0; i < 200 && shed == null; i++) {
                try (HttpClient client = fixture.client()) {
                    Answer answer = client.ask(fixture.chat("m", false));
                    shed = answer.status() == 503 ? answer : null;
                }
            }
            enough.set(true);
            load.join();
            assertThat(shed).isNotNull();
            ErrorBody error = ErrorBody.of(shed);
            assertThat(error.code()).isEqualTo("overloaded");
            assertThat(Integer.parseInt(shed.header("retry-after"))).isBetween(1, 60);
            assertThat(fixture.relay.limits().meters().refused(Reason.SHED, Priority.NORMAL))
                    .isPositive();
            Answer whole = stream.read();
            assertThat(whole.status()).isEqualTo(200);
            assertThat(whole.body()).endsWith(Script.DONE);
            Eventually.until(
                    () -> { // and afterwards it is as before
                        try (HttpClient client = fixture.client()) {
                            return client.ask(fixture.chat("m", false)).status() == 200;
                        }
                    });
            fixture.atRest();
        }
    }

    /** A client that asks the same over and over and is answered so, or turned away. */
    private static Thread again(RelayFixture fixture, String request, int status, AtomicBoolean enough) {
        return Thread.ofVirtual().start(() -> {
            try (HttpClient client = fixture.client()) {
                while (!enough.get()) {
                    assertThat(client.ask(request).status()).isIn(status, 503);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void whoIsRefusedAndComesAgainAtOnceKeepsNobodyOut() throws Exception {
        try (RelayFixture fixture = fixture();
                HttpClient client = fixture.client()) {
            String bad = fixture.chat("blocks-40", false)
                    .replaceFirst("content-type", "x-tidemill-priority: none\r\ncontent-type");
            AtomicBoolean enough = new AtomicBoolean();
            List<Thread> storm = new ArrayList<>();
            for (int i = 0; i < 8; i++) { // turns of 320 ms: what comes waits for half of that, which is too late
                storm.add(again(fixture, bad, 400, enough));
            }
            for (int i = 0; i < 12; i++) {
                assertThat(client.ask(fixture.chat("m", false)).status()).isEqualTo(200);
            }
            enough.set(true);
            for (Thread one : storm) {
                one.join();
            }
            assertThat(fixture.relay.limits().meters().refused(Reason.SHED, Priority.NORMAL))
                    .isZero();
            fixture.atRest();
        }
    }

    @Test
    void aSingleStandstillIsNoOverload() throws Exception {
        try (RelayFixture fixture = fixture();
                HttpClient blocks = fixture.client();
                HttpClient client = fixture.client()) {
            blocks.send(fixture.chat("blocks-250", false));
            assertThat(client.ask(fixture.chat("m", false)).status()).isEqualTo(200);
            assertThat(blocks.read().status()).isEqualTo(200);
            assertThat(fixture.relay.limits().meters().refused(Reason.SHED, Priority.NORMAL))
                    .isZero();
        }
    }

    @Test
    void memoryThatRunsOutTurnsTheLessImportantAwayFirst() throws Exception {
        try (RelayFixture fixture =
                new RelayFixture(RelayOptions.defaults().withLoops(1), Policies.ONCE, Exchange.LIFE, List.of())) {
            long taken = fixture.relay.memory().limit() * 82 / 100;
            fixture.relay.memory().add(taken);
            Eventually.until(() -> fixture.relay.limits().load() > 0.65);
            try (HttpClient client = fixture.client()) {
                String low = fixture.chat("m", false)
                        .replaceFirst("content-type", "x-tidemill-priority: low\r\ncontent-type");
                String high = fixture.chat("m", false)
                        .replaceFirst("content-type", "x-tidemill-priority: high\r\ncontent-type");
                for (int i = 0; i < 10; i++) {
                    assertThat(client.ask(low).status()).isEqualTo(503);
                    assertThat(client.ask(high).status()).isEqualTo(200);
                }
            }
            fixture.relay.memory().give(taken);
            Eventually.until(() -> fixture.relay.limits().load() < 0.3);
            fixture.atRest();
        }
    }
}
