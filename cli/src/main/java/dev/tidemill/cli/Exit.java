package dev.tidemill.cli;

import java.io.PrintStream;
import picocli.CommandLine;

/** How a command ends. */
public final class Exit {
    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;

    private Exit() {}

    /** Says what went wrong in one line, and where it is no fault of the caller's also where it happened. */
    static int tell(Exception failure, PrintStream err) {
        return switch (failure) {
            case CommandLine.ParameterException wrong -> {
                err.println("tidemill: " + wrong.getMessage());
                CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err);
                err.println("see: tidemill "
                        + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help");
                yield USAGE;
            }
            case CommandFailed failed -> {
                err.println("tidemill: " + failed.getMessage());
                yield failed.code();
            }
            case InterruptedException interrupted -> {
                err.println("tidemill: interrupted");
                yield FAILED;
            }
            default -> {
                err.println("tidemill: " + failure);
                if (System.getenv("TIDEMILL_LOG") != null) {
                    failure.printStackTrace(err);
                }
                yield FAILED;
            }
        };
    }
}
