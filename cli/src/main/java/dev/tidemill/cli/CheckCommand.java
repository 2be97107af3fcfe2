package dev.tidemill.cli;

import dev.tidemill.server.config.Configuration;
import dev.tidemill.server.config.Outcome;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "check", description = "Reads a configuration and prints every fault with line and column.")
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    final HelpOption help = new HelpOption();

    @Override
    public Integer call() {
        return switch (config.load()) {
            case Outcome.Loaded loaded -> {
                Configuration configuration = loaded.configuration();
                System.out.println(loaded.origin() + ": good (providers: "
                        + configuration.routes().providers().size()
                        + ", models: " + configuration.routes().names().size() + " named, listens on "
                        + configuration.server().listen() + ")");
                if (!configuration.notInForce().isEmpty()) {
                    System.out.println(
                            "checked, but not in force yet: " + String.join(", ", configuration.notInForce()));
                }
                yield Exit.DONE;
            }
            case Outcome.Faults faults -> {
                faults.faults().forEach(System.err::println);
                yield Exit.FAILED;
            }
        };
    }
}
