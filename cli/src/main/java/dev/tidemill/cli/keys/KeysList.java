package dev.tidemill.cli.keys;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.ConfigOption;
import dev.tidemill.cli.Exit;
import dev.tidemill.cli.HelpOption;
import dev.tidemill.core.key.Key;
import dev.tidemill.server.admin.KeyDesk;
import dev.tidemill.server.admin.KeyJson;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "list", description = "Every key without its secret, oldest first.")
final class KeysList implements Callable<Integer> {
    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "One JSON object a line.")
    private boolean json;

    @Mixin
    final HelpOption help = new HelpOption();

    @Override
    public Integer call() throws CommandFailed, InterruptedException {
        List<Key> keys = Desk.at(config.data(), KeyDesk::list);
        if (json) {
            keys.forEach(key -> System.out.println(KeyJson.of(key)));
            return Exit.DONE;
        }
        if (keys.isEmpty()) {
            System.err.println("no keys yet; make one with: tidemill keys create --name me");
            return Exit.DONE;
        }
        String row = "%-8s  %-20s  %-28s  %-20s  %-8s  %-9s  %s%n";
        System.out.printf(row, "ID", "NAME", "ORGANIZATION/PROJECT", "STATE", "PRIORITY", "RESUMABLE", "MODELS");
        Instant now = Instant.now();
        for (Key key : keys) {
            System.out.printf(
                    row,
                    key.id(),
                    key.name(),
                    key.organization() + "/" + key.project(),
                    state(key, now),
                    key.priority().word(),
                    key.resumable() ? "yes" : "no",
                    key.models().isEmpty() ? "all" : String.join(",", key.models()));
        }
        return Exit.DONE;
    }

    private static String state(Key key, Instant now) {
        if (key.revoked() != null) {
            return "revoked";
        }
        if (key.expires() == null) {
            return "in force";
        }
        return (key.validAt(now) ? "until " : "expired ")
                + key.expires().toString().substring(0, 10);
    }
}
