package dev.tidemill.bench.proof;

import dev.tidemill.simulator.cut.Cut;
import dev.tidemill.simulator.cut.Cutter;
import dev.tidemill.simulator.cut.Outcome;
import dev.tidemill.simulator.cut.Outcome.End;
import dev.tidemill.simulator.cut.Recording;
import dev.tidemill.simulator.cut.Recordings;
import dev.tidemill.simulator.relayed.Api;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Every recorded stream of the four APIs, ended too early at very many places in two ways, through a relay. */
@Command(name = "truncation", description = "Recorded streams cut at every place: none may be taken for whole.")
public final class TruncationCommand implements Callable<Integer> {
    /** A stream is handed out in parts of so many places, so that nobody waits for the one with the longest. */
    private static final int PART = 2_000;

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    @Option(names = "--seed", description = "Of the places in long streams (default: the clock).")
    private long seed = System.nanoTime();

    @Option(
            names = "--fixtures",
            description = "The folder of recorded streams (default: shared/fixtures/streams beside the repository).")
    private @Nullable Path fixtures;

    @Option(names = "--drawn", description = "Places drawn in a long stream (default: ${DEFAULT-VALUE}).")
    private int drawn = 200;

    @Option(names = "--workers", description = "Clients at once (default: ${DEFAULT-VALUE}).")
    private int workers = 8;

    private record Part(Recording recording, int[] places) {}

    private final Map<End, LongAdder> ends = new ConcurrentHashMap<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = fixtures == null ? Recordings.beside() : fixtures;
        if (folder == null || !Files.isDirectory(folder)) {
            System.err.println("no recorded streams: " + (folder == null ? "shared/fixtures/streams" : folder)
                    + " (expected: a folder; see --fixtures)");
            return 1;
        }
        Verdict verdict = new Verdict("truncation", "no answer that was cut is taken for whole", seed);
        Recordings found = Recordings.in(folder);
        List<Recording> recordings = found.streams();
        found.others().forEach(name -> System.out.println("not cut, as it is of another API: " + name));
        SplittableRandom random = new SplittableRandom(seed);
        ConcurrentLinkedQueue<Part> parts = new ConcurrentLinkedQueue<>();
        long all = 0;
        for (Recording recording : recordings) {
            int[] places = Cut.places(recording, drawn, random);
            all += 2L * places.length;
            for (int from = 0; from < places.length; from += PART) {
                int to = Math.min(places.length, from + PART);
                parts.add(new Part(recording, Arrays.copyOfRange(places, from, to)));
            }
        }
        for (Api api : Api.values()) {
            List<Recording> its =
                    recordings.stream().filter(one -> one.api() == api).toList();
            verdict.figure(
                    "streams of " + api,
                    "%d, %,d bytes"
                            .formatted(
                                    its.size(),
                                    its.stream().mapToLong(Recording::length).sum()));
            if (its.isEmpty()) {
                verdict.fault("no recorded stream of " + api);
            }
        }
        verdict.figure(
                "streams of other APIs, not cut",
                Integer.toString(found.others().size()));
        play(parts, all, verdict);
        verdict.figure("cuts played, each as a clean end and as a closed connection", "%,d".formatted(played()));
        new TreeMap<>(ends)
                .forEach((end, times) -> verdict.figure("that ended with " + words(end), "%,d".formatted(times.sum())));
        if (played() != all) {
            verdict.fault("%,d cuts were played (expected: %,d)".formatted(played(), all));
        }
        return verdict.close();
    }

    private void play(ConcurrentLinkedQueue<Part> parts, long all, Verdict verdict)
            throws IOException, InterruptedException {
        long begun = System.nanoTime();
        AtomicReference<@Nullable IOException> broken = new AtomicReference<>();
        try (CutGround ground = new CutGround(workers)) {
            List<Thread> threads = new ArrayList<>();
            for (Cutter cutter : ground.cutters()) {
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        for (Part part; (part = parts.poll()) != null; ) {
                            play(cutter, part, verdict);
                        }
                    } catch (IOException e) {
                        parts.clear();
                        broken.compareAndSet(null, e);
                    }
                }));
            }
            for (Thread thread : threads) {
                while (!thread.join(BETWEEN_LINES)) {
                    progress(all, begun);
                }
            }
        }
        if (broken.get() != null) {
            verdict.fault("stopped: " + broken.get());
        }
        verdict.figure("time", "%.0f s".formatted((System.nanoTime() - begun) / 1e9));
    }

    private void play(Cutter cutter, Part part, Verdict verdict) throws IOException {
        for (int at : part.places()) {
            for (boolean clean : new boolean[] {true, false}) {
                Cut cut = new Cut(at, clean);
                Outcome outcome = cutter.play(part.recording(), cut);
                if (outcome.fault() != null) {
                    verdict.fault(part.recording() + ", " + cut + ": " + outcome.fault());
                }
                ends.computeIfAbsent(outcome.end(), end -> new LongAdder()).increment();
            }
        }
    }

    private long played() {
        return ends.values().stream().mapToLong(LongAdder::sum).sum();
    }

    private static String words(End end) {
        return switch (end) {
            case STATUS -> "an error status";
            case ERROR_EVENT -> "an error event";
            case PROVIDERS_ERROR -> "the provider's own error";
            case WHOLE -> "a whole answer, since only what may lack was cut off";
        };
    }

    private void progress(long all, long begun) {
        double seconds = (System.nanoTime() - begun) / 1e9;
        double rate = played() / seconds;
        System.err.printf("%,d of %,d cuts, %.0f/s, about %.0f s left%n", played(), all, rate, (all - played()) / rate);
    }
}
