package dev.tidemill.server.config;

import dev.tidemill.server.signal.Signals;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up a changed configuration file while the server runs: each second when time, size or inode changed and the
 * content with them, and at once on SIGHUP, which also looks again at variables and referenced files.
 *
 * <p>Build new, validate, swap: a file with faults changes nothing, and is told in the log and by {@link #state}.
 */
public final class ConfigWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigWatch.class);
    private static final long PERIOD_MILLIS = 1_000;

    /**
     * @param generation of the routes in use, from 1
     * @param since when they were taken up
     * @param faults of a newer file that was refused; empty: none was
     * @param waitForRestart options that were changed but need a restart
     */
    public record State(long generation, Instant since, List<Fault> faults, List<String> waitForRestart) {}

    private record Stamp(long modified, long size, @Nullable Object inode) {}

    private final Origin origin;
    private final Values started;
    private final Consumer<Configuration> apply;
    private final InstantSource clock;
    private final Thread thread;
    private volatile State state;
    private @Nullable Stamp seen;
    private byte[] content;

    /**
     * @param first what the server started with
     * @param apply takes the new routes into use; called by one thread at a time
     */
    public ConfigWatch(Outcome.Loaded first, Consumer<Configuration> apply, InstantSource clock) {
        this.origin = first.origin();
        this.started = first.values();
        this.apply = apply;
        this.clock = clock;
        this.state = new State(first.configuration().routes().generation(), clock.instant(), List.of(), List.of());
        this.seen = stamp();
        this.content = content();
        this.thread = new Thread(this::poll, "tidemill-config");
        thread.setDaemon(true);
    }

    /** Starts looking, and listens for SIGHUP. */
    public void start() {
        if (origin.file() != null) {
            Signals.on("HUP", this::reload);
            thread.start();
        }
    }

    public State state() {
        return state;
    }

    private void poll() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(PERIOD_MILLIS);
                look();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** One look: reloads when the content is another. */
    synchronized void look() {
        Stamp now = stamp();
        if (now == null || now.equals(seen)) {
            return;
        }
        seen = now;
        if (!Arrays.equals(content, content())) {
            reload();
        }
    }

    /** Reads the file again whether it changed or not. */
    public synchronized void reload() {
        content = content();
        switch (ConfigFile.load(origin.file(), origin.environment(), state.generation() + 1)) {
            case Outcome.Loaded loaded -> take(loaded);
            case Outcome.Faults refused -> {
                state = new State(state.generation(), state.since(), refused.faults(), state.waitForRestart());
                refused.faults()
                        .forEach(fault -> LOG.error("configuration refused, the last good one stays: {}", fault));
            }
        }
    }

    private void take(Outcome.Loaded loaded) {
        List<String> waiting = Root.needRestart(started, loaded.values());
        apply.accept(loaded.configuration());
        state = new State(
                loaded.configuration().routes().generation(), clock.instant(), List.of(), List.copyOf(waiting));
        LOG.info(
                "configuration {} in use: {} named models, {} providers",
                state.generation(),
                loaded.configuration().routes().names().size(),
                loaded.configuration().routes().providers().size());
        if (!waiting.isEmpty()) {
            LOG.warn("changed, but only taken up by a restart: {}", String.join(", ", waiting));
        }
    }

    private @Nullable Stamp stamp() {
        Path file = origin.file();
        if (file == null) {
            return null;
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(
                    attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS),
                    attributes.size(),
                    attributes.fileKey());
        } catch (IOException e) {
            return null;
        }
    }

    /** What is compared: the whole of it, as a readable file has at most 1 MiB. */
    private byte[] content() {
        Path file = origin.file();
        if (file == null) {
            return new byte[0];
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(ConfigFile.MOST_BYTES + 1);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
