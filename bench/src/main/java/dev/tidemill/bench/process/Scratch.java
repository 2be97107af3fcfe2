package dev.tidemill.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder of its own for one run, deleted at the end, and the ports that go with it. */
public final class Scratch implements AutoCloseable {
    private static final int ATTEMPTS = 5;

    private final Path folder;
    private final Thread hook = new Thread(this::abandon, "scratch");

    private Scratch(Path folder) {
        this.folder = folder;
    }

    public static Scratch create(String name) {
        try {
            Scratch scratch = new Scratch(Files.createTempDirectory("tidemill-" + name + "-"));
            Runtime.getRuntime().addShutdownHook(scratch.hook);
            return scratch;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    public Path write(String name, String text) {
        try {
            return Files.writeString(file(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A loopback port that was free a moment ago, for programs that cannot say which one they got. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        delete();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is already ending; the hook finds nothing left.
        }
    }

    /** At the JVM's end: what writes into the folder must be gone before the folder goes. */
    private void abandon() {
        Child.killAll();
        delete();
    }

    /** May be called by the run's own thread and by the hook at once. */
    private synchronized void delete() {
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(folder); attempt++) {
            try (Stream<Path> walk = Files.walk(folder)) {
                for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException | UncheckedIOException e) {
                if (attempt == ATTEMPTS - 1) {
                    System.err.println("left behind: " + e.getMessage());
                }
            }
        }
    }
}
