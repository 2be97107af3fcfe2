package dev.tidemill.cli;

import dev.tidemill.server.RunningServer;
import dev.tidemill.server.Server;
import dev.tidemill.server.config.Outcome;
import dev.tidemill.server.signal.Signals;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "serve",
        description =
                "Runs the relay until SIGTERM or Ctrl-C, which drain it; a second one ends it at once. SIGHUP reads the configuration again.")
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
    private static final int SIGNALLED = 128;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    final HelpOption help = new HelpOption();

    @Override
    public Integer call() throws CommandFailed, InterruptedException {
        Outcome.Loaded loaded;
        switch (config.load()) {
            case Outcome.Loaded good -> loaded = good;
            case Outcome.Faults faults -> {
                faults.faults().forEach(System.err::println);
                return Exit.FAILED;
            }
        }
        if (!loaded.configuration().notInForce().isEmpty()) {
            LOG.warn(
                    "set, but not in force yet: {}",
                    String.join(", ", loaded.configuration().notInForce()));
        }
        CountDownLatch stop = new CountDownLatch(1);
        AtomicBoolean stopping = new AtomicBoolean();
        onStop("TERM", 15, stopping, stop);
        onStop("INT", 2, stopping, stop);
        try (RunningServer server = Server.start(loaded)) {
            System.out.println("tidemill ready: " + server.url() + " (admin " + server.admin() + ")");
            System.out.flush();
            stop.await();
            LOG.info("draining");
            server.drain();
        } catch (IOException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()));
        }
        return Exit.DONE;
    }

    private static void onStop(String signal, int number, AtomicBoolean stopping, CountDownLatch stop) {
        Signals.on(signal, () -> {
            if (stopping.getAndSet(true)) {
                Runtime.getRuntime().halt(SIGNALLED + number);
            }
            stop.countDown();
        });
    }
}
