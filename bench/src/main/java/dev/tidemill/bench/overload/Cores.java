package dev.tidemill.bench.overload;

import dev.tidemill.bench.process.Child;
import dev.tidemill.bench.process.Scratch;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Who runs where: the relay alone on the first core, provider and clients on the second. */
final class Cores {
    private static final String RELAYS = "0";
    private static final String OURS = "1";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Cores() {}

    /** What a command line begins with that is to run on the relay's core. */
    static List<String> relays() {
        return List.of("taskset", "-c", RELAYS);
    }

    /**
     * Moves this process, with all its threads, to its core.
     *
     * @throws IllegalStateException when it cannot: nothing would be shown then
     */
    static void takeOurs(Scratch scratch) throws InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        if (cores < 2) {
            throw new IllegalStateException(cores + " core (expected: 2, one for the relay and one for its load)");
        }
        List<String> command = List.of(
                "taskset",
                "-a",
                "-c",
                "-p",
                OURS,
                Long.toString(ProcessHandle.current().pid()));
        try (Child taskset = Child.start("taskset", scratch.file("taskset.log"), command, Map.of())) {
            if (taskset.await(PATIENCE) != 0) {
                throw new IllegalStateException("taskset failed (expected: cores 0 and 1): " + taskset.tail());
            }
        } catch (UncheckedIOException e) {
            throw new IllegalStateException(
                    "taskset is missing (expected: installed; on Debian and Ubuntu: apt-get install -y util-linux)", e);
        }
    }
}
