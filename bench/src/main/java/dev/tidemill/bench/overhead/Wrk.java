package dev.tidemill.bench.overhead;

import dev.tidemill.bench.Traffic;
import dev.tidemill.bench.process.Child;
import dev.tidemill.bench.process.Scratch;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The load generator: {@code wrk}, one thread, a request script per workload. */
final class Wrk {
    private static final String RESULT = "RESULT ";

    private final Tools tools;
    private final Scratch scratch;

    Wrk(Tools tools, Scratch scratch, String key) {
        this.tools = tools;
        this.scratch = scratch;
        for (Workload workload : Workload.values()) {
            String body = scratch.write(workload.key() + ".json", Traffic.request(workload.model, workload.streams()))
                    .toString();
            scratch.write(
                    workload.key() + ".lua",
                    Nginx.resource("load.lua").replace("@BODY@", body).replace("@KEY@", key));
        }
    }

    /**
     * What wrk saw of one round.
     *
     * @param requests whole answers
     * @param bytes received, those of answers cut by the round's end included
     */
    record Round(long requests, long wallMicros, long bytes, long p50Micros, long p99Micros) {}

    /** @throws IllegalStateException when an answer was an error or a connection failed: nothing measured then counts */
    Round run(Workload workload, URI url, int seconds) throws InterruptedException {
        List<String> command = List.of(
                tools.wrk().toString(),
                "--threads=1",
                "--connections=" + workload.connections,
                "--duration=" + seconds + "s",
                "--timeout=20s",
                "--script=" + scratch.file(workload.key() + ".lua"),
                url.toString());
        try (Child wrk = Child.start("wrk", scratch.file("wrk.log"), command, Map.of())) {
            int exit = wrk.await(Duration.ofSeconds(seconds + 30));
            String output = wrk.output();
            int at = output.indexOf(RESULT);
            if (exit != 0 || at < 0) {
                throw new IllegalStateException("wrk ended with %d:%n%s".formatted(exit, wrk.tail()));
            }
            String[] fields = output.substring(at + RESULT.length()).strip().split(" ");
            long requests = Long.parseLong(fields[0]);
            if (requests == 0 || !"0".equals(fields[5]) || !"0".equals(fields[6])) {
                throw new IllegalStateException("%s at %s: %d answers, %s error answers, %s broken connections%n%s"
                        .formatted(workload.key(), url, requests, fields[5], fields[6], wrk.tail()));
            }
            return new Round(
                    requests,
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[2]),
                    Long.parseLong(fields[3]),
                    Long.parseLong(fields[4]));
        }
    }
}
