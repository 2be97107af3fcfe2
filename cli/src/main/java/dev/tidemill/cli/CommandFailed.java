package dev.tidemill.cli;

/** The work failed, or was asked for wrongly. The message is for people: what happened, and what to do next. */
public class CommandFailed extends Exception {
    private static final long serialVersionUID = 1;

    private final int code;

    public CommandFailed(String message) {
        this(message, Exit.FAILED);
    }

    private CommandFailed(String message, int code) {
        super(message, null, false, false);
        this.code = code;
    }

    public static CommandFailed usage(String message) {
        return new CommandFailed(message, Exit.USAGE);
    }

    int code() {
        return code;
    }
}
