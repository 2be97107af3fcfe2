package dev.tidemill.bench.caller;

/** An answer with another status than 2xx: the relay is there and said no. */
public final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    Refused(String what, int status, String body) {
        super("%s: status %d: %s".formatted(what, status, body.substring(0, Math.min(1000, body.length()))));
        this.status = status;
    }

    public int status() {
        return status;
    }
}
