package dev.tidemill.bench.proof;

import dev.tidemill.bench.process.Tidemill;
import java.util.ArrayList;
import java.util.List;

/** Looks at the relay's memory twice a second: resident set from the system, used heap from its metrics where it tells it. */
final class MemoryWatch implements AutoCloseable {
    private static final double MEBIBYTE = 1 << 20;

    private record Sample(double seconds, double rss, double heap) {}

    private final Tidemill.Serving serving;
    private final Gauges gauges;
    private final List<Sample> samples = new ArrayList<>();
    private final Thread thread = Thread.ofVirtual().unstarted(this::watch);
    private final long start = System.nanoTime();

    MemoryWatch(Tidemill.Serving serving, Gauges gauges) {
        this.serving = serving;
        this.gauges = gauges;
        thread.start();
    }

    /** MB a minute over the second half of what was watched, by least squares; the first half is the JVM growing up. */
    synchronized double rssSlope() {
        List<Sample> half = samples.subList(samples.size() / 2, samples.size());
        double n = half.size();
        double x = 0;
        double y = 0;
        double xx = 0;
        double xy = 0;
        for (Sample sample : half) {
            x += sample.seconds();
            y += sample.rss();
            xx += sample.seconds() * sample.seconds();
            xy += sample.seconds() * sample.rss();
        }
        return (n * xy - x * y) / (n * xx - x * x) * 60 / MEBIBYTE;
    }

    /**
     * The least heap in use, in MB, over one quarter of the time; what is live shows at the low points, just after
     * collections. NaN without samples.
     *
     * @param quarter 0 to 3
     */
    synchronized double heapFloor(int quarter) {
        int size = samples.size();
        return samples.subList(size * quarter / 4, size * (quarter + 1) / 4).stream()
                        .mapToDouble(Sample::heap)
                        .min()
                        .orElse(Double.NaN)
                / MEBIBYTE;
    }

    private void watch() {
        try {
            while (!Thread.interrupted()) {
                double heap = gauges.read("tidemill_heap_used_bytes");
                Sample sample = new Sample(
                        (System.nanoTime() - start) / 1e9, serving.child().rssBytes(), heap);
                synchronized (this) {
                    samples.add(sample);
                }
                Thread.sleep(500);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
