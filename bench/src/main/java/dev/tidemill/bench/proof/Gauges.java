package dev.tidemill.bench.proof;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;

/** The relay's metrics, as its administrative port tells them. */
public final class Gauges implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final URI metrics;

    public Gauges(URI admin) {
        this.metrics = admin.resolve("/metrics");
    }

    /** The value of a metric, the sum over its labels or of those that are named; NaN when it is not told. */
    public double read(String name) throws InterruptedException {
        try {
            String text = http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                    .body();
            double[] values = text.lines()
                    .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .toArray();
            return values.length == 0 ? Double.NaN : Arrays.stream(values).sum();
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** Waits until a metric has sunk to this value, and returns what it is then or after the wait. */
    public double awaitAtMost(String name, double value, int seconds) throws InterruptedException {
        long deadline = System.nanoTime() + seconds * 1_000_000_000L;
        double now = read(name);
        while (!(now <= value) && System.nanoTime() < deadline) {
            Thread.sleep(50);
            now = read(name);
        }
        return now;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
