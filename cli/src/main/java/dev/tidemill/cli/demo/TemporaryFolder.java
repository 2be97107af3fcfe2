package dev.tidemill.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder that is gone afterwards, also when the process is asked to stop. */
record TemporaryFolder(Path path, Thread onExit) implements AutoCloseable {
    static TemporaryFolder create() throws IOException {
        Path path = Files.createTempDirectory("tidemill-demo-");
        Thread onExit = new Thread(() -> delete(path));
        Runtime.getRuntime().addShutdownHook(onExit);
        return new TemporaryFolder(path, onExit);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException e) {
            return; // it is running
        }
        delete(path);
    }

    private static void delete(Path path) {
        try (Stream<Path> all = Files.walk(path)) {
            all.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException | UncheckedIOException e) {
            System.err.println("tidemill: " + path + " could not be removed: " + e.getMessage());
        }
    }
}
