package dev.tidemill.cli.terminal;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar that is drawn anew in its line: done, failed, units a second, time left. */
final class BarProgress implements Progress {
    private static final int WIDTH = 79;

    private final ProgressBar bar;

    BarProgress(String task, String unit, PrintStream err) {
        this.bar = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(-1)
                .setUnit(" " + unit, 1)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(100)
                .setMaxRenderedLength(WIDTH)
                .setConsumer(new ConsoleProgressBarConsumer(err, WIDTH))
                .showSpeed()
                .build();
    }

    @Override
    public void at(long done, long failed, long total) {
        bar.maxHint(total > 0 ? total : -1);
        bar.stepTo(done);
        bar.setExtraMessage(", " + failed + " failed");
    }

    @Override
    public void close() {
        bar.close();
    }
}
