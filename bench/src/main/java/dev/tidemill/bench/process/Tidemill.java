package dev.tidemill.bench.process;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The program as its users start it: the {@code tidemill} script at the root of the checkout, one child process per
 * command. {@code -Dtidemill.home} names the root; else it is looked for from the working directory upwards.
 */
public final class Tidemill {
    private static final String READY = "tidemill ready: ";
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration BUILD = Duration.ofMinutes(10);

    private final Path script;
    private final Scratch scratch;
    private int started;

    /** Builds the program where its sources have changed, so that no start that is measured has to. */
    public Tidemill(Scratch scratch) throws InterruptedException {
        this.script = home().resolve("tidemill");
        this.scratch = scratch;
        if (!Files.isExecutable(script)) {
            throw new IllegalStateException(script + ": not there or not executable (expected: the program's script)");
        }
        Child version = start("version", Map.of(), "version");
        if (version.await(BUILD) != 0) {
            throw new IllegalStateException("./tidemill version failed:\n" + version.tail());
        }
    }

    /** A relay that accepts connections. */
    public record Serving(Child child, URI url, URI admin, Duration startup) implements AutoCloseable {
        @Override
        public void close() {
            child.close();
        }
    }

    /** Starts {@code serve} and waits for its ready line. */
    public Serving serve(Path configuration, Map<String, String> environment) throws InterruptedException {
        return serve(List.of(), configuration, environment);
    }

    /** @param launcher what the command line begins with, {@code taskset} for example */
    public Serving serve(List<String> launcher, Path configuration, Map<String, String> environment)
            throws InterruptedException {
        Child child = start(launcher, "serve", environment, "serve", "-c", configuration.toString());
        String line = child.awaitLine(READY, START);
        Duration startup = child.age();
        String[] words = line.substring(READY.length()).replace(")", "").split(" \\(admin ", -1);
        return new Serving(child, URI.create(words[0].strip()), URI.create(words[1].strip()), startup);
    }

    /**
     * Writes a configuration with one provider.
     *
     * @param port of the clients' listener, 0 for any free one; the administrative port is always any free one
     * @param loops event loops, 0: one for each core
     * @param models the pattern of names that go to the provider
     */
    public static Path configuration(Scratch scratch, int port, int loops, Path data, String baseUrl, String models) {
        return configuration(scratch, port, loops, data, baseUrl, models, "{}");
    }

    /** @param limits of the provider's one key, and of the models, as YAML */
    public static Path configuration(
            Scratch scratch, int port, int loops, Path data, String baseUrl, String models, String limits) {
        return scratch.write("tidemill.yaml", """
                server:
                  listen: 127.0.0.1:%d
                  admin: 127.0.0.1:0
                  loops: %d
                data: "%s"
                providers:
                  provider:
                    protocol: openai
                    base_url: %s
                    keys: [upstream-key]
                    limits: %s
                models:
                  "%s":
                    targets: [{ provider: provider }]
                    limits: %s
                """.formatted(port, loops, data, baseUrl, limits, models, limits));
    }

    /**
     * Creates a key in the data directory of this configuration and returns its text.
     *
     * @param options of {@code keys create} beside
     */
    public String createKey(Path configuration, String name, String... options) throws InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("keys", "create", "--name", name, "-c", configuration.toString()));
        command.addAll(List.of(options));
        Child child = start("keys", Map.of(), command.toArray(String[]::new));
        if (child.await(START) != 0) {
            throw new IllegalStateException("keys create failed:\n" + child.tail());
        }
        return child.output()
                .lines()
                .filter(line -> line.startsWith("tm-"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("keys create printed no key:\n" + child.tail()))
                .strip();
    }

    /** Starts any command of the program; its output goes to a file of its own in the scratch folder. */
    public Child start(String name, Map<String, String> environment, String... arguments) {
        return start(List.of(), name, environment, arguments);
    }

    /** @param launcher what the command line begins with */
    public Child start(List<String> launcher, String name, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(launcher);
        command.add(script.toString());
        command.addAll(List.of(arguments));
        return Child.start(name, scratch.file(name + "-" + ++started + ".log"), command, environment);
    }

    /** The root of the checkout. */
    public static Path home() {
        String given = System.getProperty("tidemill.home");
        if (given != null) {
            return Path.of(given);
        }
        return Stream.iterate(Path.of("").toAbsolutePath(), path -> path != null, Path::getParent)
                .filter(path -> Files.isRegularFile(path.resolve("bench/pom.xml")))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("%s: not inside a checkout (expected: one, or -Dtidemill.home)"
                                .formatted(Path.of("").toAbsolutePath())));
    }
}
