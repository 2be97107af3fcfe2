package dev.tidemill.cli;

import dev.tidemill.simulator.BadNotation;
import dev.tidemill.simulator.BadScenario;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.ScenarioFile;
import dev.tidemill.simulator.Simulator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "simulate", description = "A scripted provider: pace, length and every fault by notation.")
final class SimulateCommand implements Callable<Integer> {
    @Option(names = "--port", defaultValue = "9001", description = "Default ${DEFAULT-VALUE}; 0 takes a free one.")
    private int port;

    @Option(
            names = {"-c", "--scenarios"},
            paramLabel = "FILE",
            description = "A scenario file in YAML.")
    private @Nullable Path scenarios;

    @Option(
            names = "--behaviour",
            paramLabel = "NOTATION",
            defaultValue = "ttft=200ms+speed=60",
            description = "How it answers without a scenario file, default ${DEFAULT-VALUE}.")
    private String behaviour = "";

    @Mixin
    final HelpOption help = new HelpOption();

    @Override
    public Integer call() throws CommandFailed, InterruptedException {
        try (Simulator simulator = Simulator.start(scenario(), port)) {
            System.out.println("simulator ready: " + simulator.baseUrl());
            System.out.flush();
            new CountDownLatch(1).await();
        } catch (IOException e) {
            throw new CommandFailed(
                    "port " + port + ": " + e.getMessage() + " (expected: a free one; --port 0 takes any)");
        }
        return Exit.DONE;
    }

    private Scenario scenario() throws CommandFailed {
        try {
            return scenarios == null ? Scenario.of(Behaviour.of(behaviour)) : ScenarioFile.read(scenarios);
        } catch (BadNotation | BadScenario e) {
            throw CommandFailed.usage(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw CommandFailed.usage(
                    scenarios + ": cannot be read (" + e.getClass().getSimpleName() + "; expected: a scenario file)");
        }
    }
}
