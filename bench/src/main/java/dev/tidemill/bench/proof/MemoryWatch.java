package dev.tidemill.bench.proof;

import dev.tidemill.bench.process.Tidemill;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at the relay's memory once a second: resident set from the system, used heap from its metrics where it tells it. */
final class MemoryWatch implements AutoCloseable {
    private static final Pattern HEAP =
            Pattern.compile("(?m)^jvm_memory_used_bytes\\{[^}]*area=\"heap\"[^}]*}\\s+([0-9.eE+-]+)");

    private record Sample(double seconds, double rss, double heap) {}

    private final Tidemill.Serving serving;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Sample> samples = new ArrayList<>();
    private final Thread thread = Thread.ofVirtual().unstarted(this::watch);
    private final long start = System.nanoTime();

    MemoryWatch(Tidemill.Serving serving) {
        this.serving = serving;
        thread.start();
    }

    /** MB a minute over the second half of what was watched, by least squares; the first half is the JVM growing up. */
    double rssSlope() {
        return slope(false);
    }

    /** Likewise of the used heap; NaN when the relay does not tell it. */
    double heapSlope() {
        return slope(true);
    }

    private synchronized double slope(boolean heap) {
        List<Sample> half = samples.subList(samples.size() / 2, samples.size());
        double n = half.size();
        double x = 0;
        double y = 0;
        double xx = 0;
        double xy = 0;
        for (Sample sample : half) {
            double value = heap ? sample.heap() : sample.rss();
            x += sample.seconds();
            y += value;
            xx += sample.seconds() * sample.seconds();
            xy += sample.seconds() * value;
        }
        return (n * xy - x * y) / (n * xx - x * x) * 60 / (1 << 20);
    }

    private void watch() {
        try {
            while (!Thread.interrupted()) {
                Sample sample = new Sample(
                        (System.nanoTime() - start) / 1e9, serving.child().rssBytes(), heap());
                synchronized (this) {
                    samples.add(sample);
                }
                Thread.sleep(1000);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private double heap() throws InterruptedException {
        try {
            String metrics = http.send(
                            HttpRequest.newBuilder(serving.admin().resolve("/metrics"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            Matcher matcher = HEAP.matcher(metrics);
            double sum = 0;
            boolean told = false;
            while (matcher.find()) {
                sum += Double.parseDouble(matcher.group(1));
                told = true;
            }
            return told ? sum : Double.NaN;
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        http.shutdownNow();
    }
}
