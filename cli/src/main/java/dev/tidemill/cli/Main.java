package dev.tidemill.cli;

import dev.tidemill.cli.batch.BatchCommand;
import dev.tidemill.cli.demo.DemoCommand;
import dev.tidemill.cli.demo.TrainCommand;
import dev.tidemill.cli.keys.KeysCommand;
import dev.tidemill.cli.log.StderrLog;
import java.io.PrintStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** The one entry. Only the command that was asked for is loaded: a server should not wait for the others' options. */
public final class Main {
    private static final String USAGE = """
            tidemill: a relay for LLM APIs, live streams first, batches with the headroom that is left

              tidemill demo                     the main job on an embedded provider: a streamed chat, a 1,000-line batch, a bill
              tidemill serve [-c FILE]          the relay; without -c ./tidemill.yaml, else providers from the environment
              tidemill check [-c FILE]          every fault of a configuration
              tidemill keys create|list|revoke  who may call
              tidemill batch submit|watch|fetch|list|cancel
              tidemill chat [--model M] TEXT    streams an answer
              tidemill simulate [--port 9001]   a scripted provider
              tidemill version

            tidemill COMMAND --help tells a command's options. Exit codes: 0 done, 1 the work failed, 2 wrong usage.""";

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out, System.err));
    }

    static int run(String[] arguments, PrintStream out, PrintStream err) {
        String name = arguments.length == 0 ? "" : arguments[0];
        switch (name) {
            case "help", "--help", "-h" -> {
                out.println(USAGE);
                return Exit.DONE;
            }
            case "" -> {
                err.println(USAGE);
                return Exit.USAGE;
            }
            default -> {}
        }
        Object command = command(name);
        if (command == null) {
            err.println("tidemill: no command " + name
                    + " (expected: demo, serve, check, keys, batch, chat, simulate or version)");
            return Exit.USAGE;
        }
        if (!name.equals("serve")) {
            System.setProperty(StderrLog.USUAL, "warn");
        }
        CommandLine line = new CommandLine(command).setCommandName("tidemill " + name);
        line.setExecutionExceptionHandler((failure, at, parsed) -> Exit.tell(failure, err));
        line.setParameterExceptionHandler((wrong, rest) -> Exit.tell(wrong, err));
        return line.execute(Arrays.copyOfRange(arguments, 1, arguments.length));
    }

    private static @Nullable Object command(String name) {
        return switch (name) {
            case "serve" -> new ServeCommand();
            case "check" -> new CheckCommand();
            case "keys" -> new KeysCommand();
            case "batch" -> new BatchCommand();
            case "chat" -> new ChatCommand();
            case "demo" -> new DemoCommand();
            case "simulate" -> new SimulateCommand();
            case "version", "--version" -> new VersionCommand();
            case "train" -> new TrainCommand();
            default -> null;
        };
    }
}
