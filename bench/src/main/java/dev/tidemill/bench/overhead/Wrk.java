package dev.tidemill.bench.overhead;

import dev.tidemill.bench.Traffic;
import dev.tidemill.bench.process.Child;
import dev.tidemill.bench.process.Scratch;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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
        try (Running running = start(workload, url, seconds)) {
            return running.round();
        }
    }

    /** The same for a time in which no answer need have ended. */
    void load(Workload workload, URI url, int seconds) throws InterruptedException {
        try (Running running = start(workload, url, seconds)) {
            running.end();
        }
    }

    /** The same, for those who have something to do meanwhile. */
    Running start(Workload workload, URI url, int seconds) {
        List<String> command = List.of(
                tools.wrk().toString(),
                "--threads=1",
                "--connections=" + workload.connections,
                "--duration=" + seconds + "s",
                "--timeout=20s",
                "--script=" + scratch.file(workload.key() + ".lua"),
                url.toString());
        String what = workload.key() + " at " + url;
        return new Running(what, seconds, Child.start("wrk", scratch.file("wrk.log"), command, Map.of()));
    }

    /** One at a time. */
    record Running(String what, int seconds, Child wrk) implements AutoCloseable {
        Round round() throws InterruptedException {
            long[] fields = fields();
            if (fields[0] == 0) {
                throw new IllegalStateException("%s: no whole answer%n%s".formatted(what, wrk.tail()));
            }
            return new Round(fields[0], fields[1], fields[2], fields[3], fields[4]);
        }

        /** Waits for the end, and asks for no whole answer. */
        void end() throws InterruptedException {
            fields();
        }

        private long[] fields() throws InterruptedException {
            int exit = wrk.await(Duration.ofSeconds(seconds + 30));
            String output = wrk.output();
            int at = output.indexOf(RESULT);
            if (exit != 0 || at < 0) {
                throw new IllegalStateException("wrk ended with %d:%n%s".formatted(exit, wrk.tail()));
            }
            long[] fields = Stream.of(
                            output.substring(at + RESULT.length()).strip().split(" "))
                    .mapToLong(Long::parseLong)
                    .toArray();
            if (fields[5] != 0 || fields[6] != 0) {
                throw new IllegalStateException("%s: %d answers, %d error answers, %d broken connections%n%s"
                        .formatted(what, fields[0], fields[5], fields[6], wrk.tail()));
            }
            return fields;
        }

        @Override
        public void close() {
            wrk.close();
        }
    }
}
