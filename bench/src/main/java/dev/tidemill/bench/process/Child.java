package dev.tidemill.bench.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * One process started here. Its output goes to a file, so that nobody has to keep reading a pipe while something is
 * measured; its times and sizes are those of it and its descendants together (nginx: master and worker). Whatever is
 * still running when this JVM ends, by whatever signal it can see, is killed.
 */
public final class Child implements AutoCloseable {
    private static final Set<Child> LIVE = ConcurrentHashMap.newKeySet();
    private static final int TAIL_LINES = 15;
    private static volatile boolean ending;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Child::killAll, "children"));
    }

    private final String name;
    private final Process process;
    private final Path output;
    private final long started;

    private Child(String name, Process process, Path output, long started) {
        this.name = name;
        this.process = process;
        this.output = output;
        this.started = started;
    }

    /**
     * @param output receives both output streams; overwritten
     * @param environment added to this process's own
     */
    public static Child start(String name, Path output, List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(new File("/dev/null"));
        builder.environment().putAll(environment);
        try {
            long started = System.nanoTime();
            Child child = new Child(name, builder.start(), output, started);
            LIVE.add(child);
            if (ending) {
                child.kill();
            }
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** At the JVM's end; nothing is started afterwards. */
    static void killAll() {
        ending = true;
        LIVE.forEach(Child::kill);
    }

    public String name() {
        return name;
    }

    public boolean alive() {
        return process.isAlive();
    }

    /**
     * Waits for an output line that starts so, and returns it.
     *
     * @throws IllegalStateException when the process ends or the time passes first, with the end of its output
     */
    public String awaitLine(String prefix, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            boolean ended = !process.isAlive();
            for (String line : output().split("\n")) {
                if (line.startsWith(prefix)) {
                    return line;
                }
            }
            if (ended || System.nanoTime() > deadline) {
                throw new IllegalStateException("%s %s without printing \"%s…\"; its last lines:%n%s"
                        .formatted(
                                name,
                                ended ? "ended with exit code " + process.exitValue() : "ran for " + timeout,
                                prefix,
                                tail()));
            }
            Thread.sleep(1);
        }
    }

    /** Waits for the end and returns the exit code. */
    public int await(Duration timeout) throws InterruptedException {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException(
                    "%s still runs after %s; its last lines:%n%s".formatted(name, timeout, tail()));
        }
        return process.exitValue();
    }

    /** Since the process was started. */
    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /** CPU used so far, user and system, in µs. */
    public long cpuMicros() {
        return pids().map(ProcFs::cpuMicros).sum();
    }

    /** The same of those living threads that have this, of up to 15 bytes, in their name. */
    public long cpuMicros(String thread) {
        return pids().map(pid -> ProcFs.cpuMicros(pid, thread)).sum();
    }

    public long rssBytes() {
        return pids().map(ProcFs::rssBytes).sum();
    }

    public long peakRssBytes() {
        return pids().map(ProcFs::peakRssBytes).sum();
    }

    /** How many files, sockets included, are open. */
    public long openFiles() {
        return pids().map(ProcFs::openFiles).sum();
    }

    /** How many files the process itself may have open. */
    public long openFileLimit() {
        return ProcFs.openFileLimit(process.pid());
    }

    /** Established TCP connections from or to this port. */
    public long connections(int port) {
        return pids().map(pid -> ProcFs.connections(pid, port)).sum();
    }

    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String tail() {
        List<String> lines = output().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    /** SIGTERM, then after the grace SIGKILL; returns whether the grace was enough. */
    public boolean terminate(Duration grace) throws InterruptedException {
        process.destroy();
        boolean ended = process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS);
        kill();
        return ended;
    }

    /** SIGKILL for the process and all its descendants; returns when the process is gone. */
    public void kill() {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
        LIVE.remove(this);
    }

    @Override
    public void close() {
        kill();
    }

    private LongStream pids() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .mapToLong(ProcessHandle::pid);
    }
}
