package dev.tidemill.cli.terminal;

import java.io.PrintStream;

/** How far a piece of work is. Used by one thread. */
public interface Progress extends AutoCloseable {
    /** @param done of {@code total}, {@code failed} among them */
    void at(long done, long failed, long total);

    @Override
    void close();

    /**
     * A bar where someone looks on, plain lines elsewhere.
     *
     * @param task a word or two
     * @param unit as {@code lines}
     */
    static Progress of(String task, String unit, PrintStream err) {
        return terminal() ? new BarProgress(task, unit, err) : new LineProgress(task, unit, err, System::nanoTime);
    }

    /** Whether standard input and output are a terminal. */
    @SuppressWarnings("SystemConsoleNull") // since JDK 25 it is null again where there is no terminal
    static boolean terminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }
}
