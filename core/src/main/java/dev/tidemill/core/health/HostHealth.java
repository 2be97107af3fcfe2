package dev.tidemill.core.health;

import dev.tidemill.core.health.Shutter.Shut;

/**
 * Whether connections to a host can be had. One that is refused closes the host to new attempts at once, so that other
 * targets are taken; one attempt a second finds out whether it is back. The host of several providers is one host, and its
 * failures count against none of its targets.
 */
public final class HostHealth {
    /** From a refused connection to the next try, and between tries. */
    static final long MOMENT = 1_000_000_000L;

    private final Shutter shutter = new Shutter(MOMENT);
    private final Shown shown;

    HostHealth(Shown shown) {
        this.shown = shown;
    }

    /** Whether an attempt may go there without being the one that finds out. */
    public boolean open() {
        return shutter.state() == null;
    }

    /** How long until the next try, 0 when there may be one. */
    public long left(long now) {
        return shutter.left(now);
    }

    /** Takes the right to one attempt; nothing to give back. */
    public boolean take(long now) {
        return shutter.take(now);
    }

    /** A connection stands, or brought an answer. */
    public void connected() {
        if (shutter.open()) {
            shown.change(State.HEALTHY, "a connection stands again");
        }
    }

    /** A connection was refused or did not come to stand in time. */
    public void refused(long now, String code) {
        shutter.shut(now, "no connection: " + code);
        shown.change(State.DOWN, "no connection: " + code);
    }

    /** {@code name:port}, and by which proxy. */
    public String name() {
        return shown.name();
    }

    public HostState state(long now) {
        Shut shut = shutter.state();
        return shut == null
                ? new HostState(name(), State.HEALTHY, "", 0, shown.since())
                : new HostState(name(), State.DOWN, shut.reason(), shutter.left(now), shown.since());
    }
}
