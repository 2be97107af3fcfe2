package dev.tidemill.cli.keys;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.ConfigOption;
import dev.tidemill.cli.Exit;
import dev.tidemill.cli.HelpOption;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.server.admin.KeyRequest;
import dev.tidemill.server.config.Units;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "create", description = "Prints a new key alone on standard output. It is shown this once.")
final class KeysCreate implements Callable<Integer> {
    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(names = "--name", paramLabel = "N", defaultValue = "default", description = "What it is known by.")
    private String name = "";

    @Option(names = "--organization", paramLabel = "O", defaultValue = "default", description = "Whose it is.")
    private String organization = "";

    @Option(names = "--project", paramLabel = "P", defaultValue = "default", description = "For what.")
    private String project = "";

    @Option(
            names = "--models",
            split = ",",
            paramLabel = "a,b*",
            description = "What it may ask for; left out: every model.")
    private @Nullable List<String> models;

    @Option(names = "--rpm", paramLabel = "N", description = "Requests a minute; 0: no limit of its own.")
    private long rpm;

    @Option(names = "--tpm", paramLabel = "N", description = "Tokens a minute; 0: no limit of its own.")
    private long tpm;

    @Option(names = "--concurrency", paramLabel = "N", description = "Requests at once; 0: no limit of its own.")
    private long concurrency;

    @Option(
            names = "--priority",
            paramLabel = "high|normal|low",
            defaultValue = "high",
            description = "The highest that X-Tidemill-Priority may ask for; more is lowered to it.")
    private String priority = "";

    @Option(
            names = "--resumable",
            description = "Keeps each of its streams for a client that comes back, without X-Tidemill-Resumable.")
    private boolean resumable;

    @Option(names = "--expires", paramLabel = "30d", description = "After which it ends; left out: never.")
    private @Nullable String expires;

    @Mixin
    final HelpOption help = new HelpOption();

    @Override
    public Integer call() throws CommandFailed, InterruptedException {
        KeyRequest request = request();
        KeySecret secret = Desk.at(config.data(), desk -> desk.create(request));
        System.out.println(secret.text());
        return Exit.DONE;
    }

    private KeyRequest request() throws CommandFailed {
        List<String> allowed =
                models == null ? List.of() : models.stream().map(String::strip).toList();
        try {
            return new KeyRequest(
                    name, organization, project, allowed, rpm, tpm, concurrency, highest(), resumable, duration());
        } catch (IllegalArgumentException e) {
            throw CommandFailed.usage("--" + e.getMessage());
        }
    }

    private Priority highest() throws CommandFailed {
        Priority highest = Priority.parse(priority);
        if (highest == null) {
            throw CommandFailed.usage("--priority " + priority + " (expected: high, normal or low)");
        }
        return highest;
    }

    private @Nullable Duration duration() throws CommandFailed {
        try {
            return expires == null ? null : Units.duration(expires);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.usage("--expires " + expires + " (expected: a duration, as 30d or 12h)");
        }
    }
}
