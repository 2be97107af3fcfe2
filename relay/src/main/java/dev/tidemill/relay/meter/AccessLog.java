package dev.tidemill.relay.meter;

import dev.tidemill.wire.Usage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
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
    private static final int PAUSE_MILLIS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

    private final @Nullable Path file;
    private final List<String> phaseNames;
    private final ArrayBlockingQueue<AccessLine> queue = new ArrayBlockingQueue<>(QUEUE);
    private final long maxBytes;
    private final Thread writer;
    private volatile boolean closing;

    /** @param file null: nothing is written */
    public AccessLog(@Nullable Path file, List<String> phaseNames) {
        this(file, phaseNames, MAX_BYTES);
    }

    /** @param maxBytes of the file before it is moved aside, and one batch of lines more */
    AccessLog(@Nullable Path file, List<String> phaseNames, long maxBytes) {
        this.file = file;
        this.maxBytes = maxBytes;
        this.phaseNames = phaseNames;
        this.writer = Thread.ofPlatform().daemon().name("access-log").unstarted(this::write);
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

    private void write() {
        StringBuilder text = new StringBuilder(4096);
        while (!closing || !queue.isEmpty()) {
            try {
                // Polled, not waited for: waking this thread would cost the loop more than the line does.
                AccessLine first = queue.poll();
                if (first == null) {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                } else {
                    writeAll(first, text);
                }
            } catch (InterruptedException e) {
                closing = true;
            } catch (IOException e) {
                LOG.warn("access log {}: {}; lines are lost until it can be written again", file, e.toString());
                if (closing) {
                    return;
                }
                pause();
            }
        }
    }

    private void writeAll(AccessLine first, StringBuilder text) throws IOException {
        Path path = java.util.Objects.requireNonNull(file);
        roll(path);
        try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            text.setLength(0);
            int lines = 0;
            for (AccessLine line = first; line != null && lines < QUEUE; line = queue.poll(), lines++) {
                format(line, text);
                if (text.length() > 60_000) {
                    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
                    text.setLength(0);
                }
            }
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private void roll(Path path) throws IOException {
        if (!Files.exists(path) || Files.size(path) < maxBytes) {
            return;
        }
        for (int i = KEPT; i > 0; i--) {
            Path from = i == 1 ? path : path.resolveSibling(path.getFileName() + "." + (i - 1));
            if (Files.exists(from)) {
                Files.move(
                        from, path.resolveSibling(path.getFileName() + "." + i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void pause() {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            closing = true;
        }
    }

    void format(AccessLine line, StringBuilder to) {
        to.append("{\"time\":\"")
                .append(Instant.ofEpochMilli(line.epochMillis()))
                .append('"');
        text(to, "request_id", line.requestId());
        text(to, "peer", line.peer());
        text(to, "key", line.keyId());
        text(to, "project", line.project());
        text(to, "method", line.method());
        text(to, "path", line.path());
        if (line.line()) {
            to.append(",\"batch\":true");
        }
        text(to, "model", line.model());
        text(to, "target", line.target());
        boolean exchange = line.phaseNanos().length > 0;
        if (exchange) {
            to.append(",\"stream\":").append(line.stream());
        }
        to.append(",\"status\":").append(line.status());
        text(to, "failure", line.failure());
        text(to, "detail", line.detail());
        if (exchange) {
            to.append(",\"attempts\":").append(line.attempts());
        }
        text(to, "upstream_request_id", line.upstreamRequestId());
        Usage usage = line.usage();
        if (usage != null) {
            to.append(",\"usage\":{\"input\":").append(usage.input());
            to.append(",\"cache_read\":").append(usage.cacheRead());
            to.append(",\"output\":").append(usage.output());
            to.append(",\"reasoning\":").append(usage.reasoning()).append('}');
        }
        if (exchange) {
            to.append(",\"bytes_in\":").append(line.bytesIn());
        }
        to.append(",\"bytes_out\":").append(line.bytesOut());
        if (line.droppedEvents() > 0) {
            to.append(",\"dropped_events\":").append(line.droppedEvents());
        }
        if (line.firstContentNanos() > 0) {
            to.append(",\"first_content_us\":").append(line.firstContentNanos() / 1000);
        }
        to.append(",\"total_us\":").append(line.totalNanos() / 1000);
        if (exchange) {
            to.append(",\"phases_us\":{");
            for (int i = 0; i < phaseNames.size(); i++) {
                to.append(i == 0 ? "\"" : ",\"").append(phaseNames.get(i)).append("\":");
                to.append(line.phaseNanos()[i] / 1000);
            }
            to.append('}');
        }
        to.append("}\n");
    }

    private static void text(StringBuilder to, String name, @Nullable String value) {
        if (value == null) {
            return;
        }
        to.append(",\"").append(name).append("\":\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                to.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7f) {
                to.append(' ');
            } else {
                to.append(c);
            }
        }
        to.append('"');
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
