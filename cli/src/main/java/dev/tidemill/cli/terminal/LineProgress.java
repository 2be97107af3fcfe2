package dev.tidemill.cli.terminal;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A line now and then: each tenth of the work but not twice a half second, each ten seconds, and the last. */
final class LineProgress implements Progress {
    private static final long QUIET_NANOS = 10_000_000_000L;
    private static final long LEAST_NANOS = 500_000_000L;

    private final String task;
    private final String unit;
    private final PrintStream err;
    private final LongSupplier ticker;
    private final long start;
    private long toldAt;
    private long toldTenth;
    private long done;
    private long failed;
    private long total;
    private boolean told = true;

    /** @param ticker nanoseconds from anywhere */
    LineProgress(String task, String unit, PrintStream err, LongSupplier ticker) {
        this.task = task;
        this.unit = unit;
        this.err = err;
        this.ticker = ticker;
        this.start = ticker.getAsLong();
        this.toldAt = start;
    }

    @Override
    public void at(long nowDone, long nowFailed, long nowTotal) {
        told = told && nowDone == done && nowFailed == failed && nowTotal == total;
        done = nowDone;
        failed = nowFailed;
        total = nowTotal;
        if (total <= 0) {
            return;
        }
        long now = ticker.getAsLong();
        long tenth = done * 10 / total;
        boolean due = now - toldAt >= QUIET_NANOS || (tenth != toldTenth && now - toldAt >= LEAST_NANOS);
        if (due && !told) {
            tell(now, tenth);
        }
    }

    private void tell(long now, long tenth) {
        double seconds = Math.max(1e-9, (now - start) / 1e9);
        double rate = done / seconds;
        String left =
                done == 0 || done >= total ? "" : String.format(Locale.ROOT, ", %.0f s left", (total - done) / rate);
        err.printf(Locale.ROOT, "%s: %d of %d %s, %d failed, %.1f/s%s%n", task, done, total, unit, failed, rate, left);
        toldAt = now;
        toldTenth = tenth;
        told = true;
    }

    @Override
    public void close() {
        if (!told && total > 0) {
            tell(ticker.getAsLong(), done * 10 / total);
        }
    }
}
