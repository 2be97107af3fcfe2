package dev.tidemill.simulator.relayed;

import dev.tidemill.simulator.Door;
import dev.tidemill.simulator.Tls;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What lies between a relay and the provider's first byte. */
public enum Way {
    OPEN(Door.OPEN, Tls.OFF, null),
    REFUSED(Door.REFUSE, Tls.OFF, null),
    CLOSED_AT_ONCE(Door.CLOSE, Tls.OFF, null),
    /** Packets go nowhere: the queue of a listener that accepts nothing is full. */
    SILENT(Door.OPEN, Tls.OFF, null),
    NO_SUCH_NAME(Door.OPEN, Tls.OFF, Names.NOWHERE),
    SILENT_NAME_SERVER(Door.OPEN, Tls.OFF, Names.SLOW),
    TLS_EXPIRED(Door.OPEN, Tls.EXPIRED, null),
    TLS_WRONG_HOST(Door.OPEN, Tls.WRONG_HOST, null),
    TLS_SELF_SIGNED(Door.OPEN, Tls.SELF_SIGNED, null),
    TLS_RESET(Door.OPEN, Tls.RESET, null),
    TLS_OLD(Door.OPEN, Tls.OLD, null);

    private final Door door;
    private final Tls tls;
    private final @Nullable String host;

    Way(Door door, Tls tls, @Nullable String host) {
        this.door = door;
        this.tls = tls;
        this.host = host;
    }

    Door door() {
        return door;
    }

    Tls tls() {
        return tls;
    }

    /** The name that leads there, null: an address does. */
    @Nullable
    String host() {
        return host;
    }

    /** Whether requests get as far as the provider. */
    boolean leadsThere() {
        return this == OPEN;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
