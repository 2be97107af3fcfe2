package dev.tidemill.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What connections see and what is counted of them. */
class ConnectionsTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    @Test
    void aPeerThatGoesInMidStreamIsCountedAsCancelled() throws Exception {
        try (Simulator sim = Simulator.start(Behaviour.of("speed=100+tokens=100000"), 0)) {
            try (RawClient client = new RawClient(sim.port())) {
                client.send(RawClient.post("/v1/chat/completions", RawClient.chat("m", true)))
                        .readUntil("\"delta\":{\"content\":\"");
            }
            Counts counts = sim.countsAtRest(SOON);
            assertThat(counts.total().cancelled()).isEqualTo(1);
            assertThat(counts.total().whole()).isZero();
            assertThat(counts.total().completionTokens()).isPositive();
        }
    }

    @Test
    void aPeerThatGoesDuringAStallIsNoticedAtOnce() throws Exception {
        try (Simulator sim = Simulator.start(Behaviour.plain(), 0)) {
            for (String model :
                    new String[] {"sim-stall-headers", "sim-stall-first", "sim-stall-after=1", "sim-ttft=1h"}) {
                try (RawClient client = new RawClient(sim.port())) {
                    client.send(RawClient.post(
                            "/v1/chat/completions", RawClient.chat(model, false).replace("false", "true")));
                    while (sim.counts().running() == 0) {
                        Thread.sleep(1);
                    }
                }
                sim.countsAtRest(SOON);
            }
            assertThat(sim.counts().total().cancelled()).isEqualTo(4);
        }
    }

    @Test
    void requestsInOneWriteAreAnsweredInOrder() throws Exception {
        try (Simulator sim = Simulator.start(Behaviour.plain(), 0);
                RawClient client = new RawClient(sim.port())) {
            client.send(RawClient.post("/v1/chat/completions", RawClient.chat("first", false))
                    + RawClient.post("/v1/chat/completions", RawClient.chat("second", false), "connection: close"));
            String text = client.read(2_000).text();
            assertThat(text.indexOf("\"model\":\"first\""))
                    .isPositive()
                    .isLessThan(text.indexOf("\"model\":\"second\""));
            assertThat(sim.requests()).extracting(SeenRequest::connection).containsExactly(1L, 1L);
        }
    }

    @Test
    void aChunkedBodyIsRead() throws Exception {
        try (Simulator sim = Simulator.start(Behaviour.plain(), 0);
                RawClient client = new RawClient(sim.port())) {
            String body = RawClient.chat("m", false);
            StringBuilder request = new StringBuilder(
                    "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n");
            for (int at = 0; at < body.length(); at += 10) {
                String part = body.substring(at, Math.min(body.length(), at + 10));
                request.append(Integer.toHexString(part.length()))
                        .append(";x=y\r\n")
                        .append(part)
                        .append("\r\n");
            }
            client.send(request.append("0\r\nx-trailer: 1\r\n\r\n").toString());
            assertThat(client.read(2_000).head()).startsWith("HTTP/1.1 200");
            assertThat(sim.requests().getFirst().text()).isEqualTo(body);
        }
    }

    @Test
    void aHeadInManyPiecesAndALargeBodyAreRead() throws Exception {
        try (Simulator sim = Simulator.start(Behaviour.plain(), 0);
                RawClient client = new RawClient(sim.port())) {
            String request = RawClient.post(
                    "/v1/chat/completions",
                    RawClient.chat("m", false).replace("Tell", "潮".repeat(400_000)),
                    "x-long: " + "v".repeat(50_000),
                    "connection: close",
                    "expect: 100-continue");
            for (int at = 0; at < 400; at += 7) {
                client.send(request.substring(at, Math.min(400, at + 7)));
            }
            client.send(request.substring(400));
            String text = client.read(5_000).text();
            assertThat(text).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK");
            assertThat(sim.requests().getFirst().header("x-long")).hasSize(50_000);
            assertThat(sim.requests().getFirst().body()).hasSize(SeenRequest.LONGEST_BODY);
        }
    }

    @Test
    void whatIsNoRequestIsRefused() throws Exception {
        try (Simulator sim = Simulator.start(Behaviour.plain(), 0)) {
            for (String junk : new String[] {
                "hello\r\n\r\n",
                "POST /x HTTP/1.1\r\ncontent-length: -4\r\n\r\n",
                "POST /x HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\n",
                "POST /x HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"
            }) {
                try (RawClient client = new RawClient(sim.port())) {
                    assertThat(client.send(junk).read(2_000).head()).as(junk).startsWith("HTTP/1.1 400");
                }
            }
        }
    }

    @Test
    void anOldClientIsAnsweredWithoutChunks() throws Exception {
        try (Simulator sim = Simulator.start(Behaviour.plain(), 0);
                RawClient client = new RawClient(sim.port())) {
            RawClient.Got got = client.send(RawClient.post("/v1/chat/completions", RawClient.chat("m", true))
                            .replace("HTTP/1.1", "HTTP/1.0"))
                    .read(2_000);
            assertThat(got.head()).doesNotContain("chunked");
            assertThat(got.body()).endsWith("data: [DONE]\n\n");
            assertThat(got.end()).isEqualTo(RawClient.End.FIN);
        }
    }

    @Test
    void bytesAreSentAsScripted() throws Exception {
        List<RawStep> steps = List.of(
                new RawStep.Send("HTTP/1.1 200 OK\r\ncontent-le"),
                new RawStep.Sleep(Duration.ofMillis(5)),
                new RawStep.Send("ngth: 1\r\n\r\nÿ"),
                new RawStep.Reset());
        try (Simulator sim = Simulator.start(Scenario.of(Rule.rawFor("raw-*", steps)), 0);
                RawClient client = new RawClient(sim.port())) {
            RawClient.Got got = client.send(RawClient.post("/v1/chat/completions", RawClient.chat("raw-1", false)))
                    .read(2_000);
            assertThat(got.end()).isEqualTo(RawClient.End.RST);
            assertThat(sim.countsAtRest(SOON).total().broken()).isEqualTo(1);
        }
    }

    @Test
    void faultsAreChosenByHeaderAndByKey() throws Exception {
        try (Simulator sim = Simulator.start(
                        Scenario.of(Rule.forHeader("Authorization", "Bearer bad*", Behaviour.of("401"))), 0);
                RawClient client = new RawClient(sim.port())) {
            String body = RawClient.chat("m", false);
            assertThat(client.send(RawClient.post("/v1/chat/completions", body, "x-sim-fault: 418;message=tea"))
                            .readUntil("}}")
                            .text())
                    .startsWith("HTTP/1.1 418")
                    .contains("tea");
            assertThat(client.send(RawClient.post("/v1/chat/completions", body, "authorization: Bearer bad1"))
                            .readUntil("}}")
                            .text())
                    .startsWith("HTTP/1.1 401");
            assertThat(client.send(RawClient.post("/v1/chat/completions", body, "authorization: Bearer good"))
                            .readUntil("sim\"}")
                            .text())
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aLimitOfRequestsAMinuteIsKeptAndTold() throws Exception {
        try (Simulator sim = Simulator.start(Behaviour.of("rpm=3"), 0);
                RawClient client = new RawClient(sim.port())) {
            String request =
                    RawClient.post("/v1/chat/completions", RawClient.chat("m", false), "authorization: Bearer k");
            for (int left = 2; left >= 0; left--) {
                assertThat(client.send(request).readUntil("fp_sim\"}").head())
                        .startsWith("HTTP/1.1 200")
                        .contains("x-ratelimit-limit-requests: 3\r\nx-ratelimit-remaining-requests: " + left + "\r\n");
            }
            assertThat(client.send(request).readUntil("}}").head())
                    .startsWith("HTTP/1.1 429")
                    .contains("retry-after: 20\r\n");
            assertThat(sim.countsAtRest(SOON).total().refused()).isEqualTo(1);
        }
    }

    @Test
    void aLimitOfRequestsAtOnceIsKept() throws Exception {
        try (Simulator sim = Simulator.start(Behaviour.of("concurrency=2+stall-headers=1h"), 0)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                RawClient client = new RawClient(sim.port());
                clients.add(client.send(RawClient.post("/v1/chat/completions", RawClient.chat("m", false))));
            }
            while (sim.counts().running() < 2) {
                Thread.sleep(1);
            }
            try (RawClient third = new RawClient(sim.port())) {
                assertThat(third.send(RawClient.post("/v1/chat/completions", RawClient.chat("m", false)))
                                .readUntil("}}")
                                .head())
                        .startsWith("HTTP/1.1 429");
            }
            for (RawClient client : clients) {
                client.close();
            }
            sim.countsAtRest(SOON);
            sim.behave(Behaviour.of("concurrency=2"));
            try (RawClient client = new RawClient(sim.port())) {
                assertThat(client.send(RawClient.post("/v1/chat/completions", RawClient.chat("m", false)))
                                .readUntil("fp_sim\"}")
                                .head())
                        .startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void countsAreToldAsJsonAndBeginAnew() throws Exception {
        try (Simulator sim = Simulator.start(Behaviour.plain(), 0);
                RawClient client = new RawClient(sim.port())) {
            client.send(RawClient.post("/v1/chat/completions", RawClient.chat("m", false), "authorization: Bearer k"))
                    .readUntil("fp_sim\"}");
            String counts = client.send("GET /sim/counts HTTP/1.1\r\nhost: x\r\n\r\n")
                    .readUntil("}\n")
                    .body();
            assertThat(counts)
                    .startsWith("{\"asked\":1,\"whole\":1,\"broken\":0,")
                    .contains("\"connections_open\":1,", "\"models\":{\"m\":{", "\"keys\":{\"Bearer k\":{");
            assertThat(client.send("GET /sim/requests HTTP/1.1\r\nhost: x\r\n\r\n")
                            .readUntil("]\n")
                            .body())
                    .contains("POST /v1/chat/completions HTTP/1.1");
            assertThat(client.send("POST /sim/reset HTTP/1.1\r\nhost: x\r\n\r\n")
                            .readUntil("}\n")
                            .body())
                    .startsWith("{\"asked\":0,\"whole\":0,");
            assertThat(sim.requests()).isEmpty();
        }
    }

    @Test
    void fourHundredPacedStreamsEndWhole() throws Exception {
        try (Simulator sim = Simulator.start(Behaviour.of("ttft=20ms+speed=50+jitter=20%+tokens=20"), 0)) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                threads.add(Thread.startVirtualThread(() -> {
                    try (RawClient client = new RawClient(sim.port())) {
                        client.send(RawClient.post(
                                        "/v1/chat/completions", RawClient.chat("m", true), "connection: close"))
                                .read(20_000);
                    } catch (java.io.IOException failed) {
                        throw new java.io.UncheckedIOException(failed);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            Counts counts = sim.countsAtRest(SOON);
            assertThat(counts.total().whole()).isEqualTo(400);
            assertThat(counts.total().completionTokens()).isEqualTo(8_000);
            assertThat(counts.connectionsOpened()).isEqualTo(400);
        }
    }
}
