package dev.tidemill.bench.proof;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** The relay's metrics, as its administrative port tells them. */
final class Gauges implements AutoCloseable {
    private final HttpClient http = HttpClient.newHttpClient();
    private final URI metrics;

    Gauges(URI admin) {
        this.metrics = admin.resolve("/metrics");
    }

    /** The value of a metric without labels; NaN when it is not told. */
    double read(String name) throws InterruptedException {
        try {
            String text = http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                    .body();
            return text.lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** Waits until a metric has sunk to this value, and returns what it is then or after the wait. */
    double awaitAtMost(String name, double value, int seconds) throws InterruptedException {
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
