package dev.tidemill.relay.meter;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log: JSON lines in a file, formatted and written on a thread of its own. A loop only offers a record to a
 * bounded queue; when the disk is slower than the traffic, lines are lost and counted rather than requests held up. The
 * file is moved aside at 100 MiB; {@link #KEPT} old ones are kept.
 */
public final class AccessLog implements AutoCloseable {
    private static final long MAX_BYTES = 100L << 20;
    static final int KEPT = 5;
    private static final int QUEUE = 16 << 10;
    private static final int AT_ONCE = 1 << 10;
    private static final int PAUSE_MILLIS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

    private final @Nullable Path file;
    private final AccessFormat format;
    private final ArrayBlockingQueue<AccessLine> queue = new ArrayBlockingQueue<>(QUEUE);
    private final long maxBytes;
    private final Thread writer;
    private volatile boolean closing;
    private @Nullable OutputStream out;
    private long written;

    /** @param file null: nothing is written */
    public AccessLog(@Nullable Path file, List<String> phaseNames) {
        this(file, phaseNames, MAX_BYTES);
    }

    /** @param maxBytes of the file before it is moved aside, and one batch of lines more */
    AccessLog(@Nullable Path file, List<String> phaseNames, long maxBytes) {
        this.file = file;
        this.maxBytes = maxBytes;
        this.format = new AccessFormat(phaseNames);
        this.writer = Thread.ofPlatform().daemon().name("access-log").unstarted(this::run);
        if (file != null) {
            writer.start();
        }
    }

    /** Whether lines are wanted at all. */
    public boolean on() {
        return file != null;
    }

    /** Called on a loop; false: the line is lost. */
    public boolean offer(AccessLine line) {
        return queue.offer(line);
    }

    private void run() {
        List<AccessLine> lines = new ArrayList<>(AT_ONCE);
        while (!closing || !queue.isEmpty()) {
            try {
                // Polled, not waited for: waking this thread would cost the loop more than the line does.
                lines.clear();
                if (queue.drainTo(lines, AT_ONCE) == 0) {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                } else {
                    write(lines);
                }
            } catch (InterruptedException e) {
                closing = true;
            } catch (IOException e) {
                LOG.warn("access log {}: {}; lines are lost until it can be written again", file, e.toString());
                closeFile();
                if (closing) {
                    return;
                }
                pause();
            }
        }
        closeFile();
    }

    private void write(List<AccessLine> lines) throws IOException {
        OutputStream to = open();
        for (AccessLine line : lines) {
            format.add(line);
            if (format.length() > 60_000) {
                written += format.writeTo(to);
            }
        }
        written += format.writeTo(to);
    }

    /** The file, opened anew when it is not open, has become too large, or was moved away by somebody else. */
    private OutputStream open() throws IOException {
        Path path = Objects.requireNonNull(file);
        if (out != null && written < maxBytes && Files.exists(path)) {
            return out;
        }
        closeFile();
        if (Files.exists(path) && Files.size(path) >= maxBytes) {
            moveAside(path);
        }
        out = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        written = Files.size(path);
        return out;
    }

    private static void moveAside(Path path) throws IOException {
        for (int i = KEPT; i > 0; i--) {
            Path from = i == 1 ? path : path.resolveSibling(path.getFileName() + "." + (i - 1));
            if (Files.exists(from)) {
                Files.move(
                        from, path.resolveSibling(path.getFileName() + "." + i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void closeFile() {
        format.clear();
        OutputStream open = out;
        out = null;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            LOG.warn("access log {}: {}", file, e.toString());
        }
    }

    private void pause() {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            closing = true;
        }
    }

    /** Writes what is queued and ends. */
    @Override
    public void close() {
        closing = true;
        try {
            if (file != null) {
                writer.join(TimeUnit.SECONDS.toMillis(5));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
