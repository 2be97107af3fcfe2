package dev.tidemill.simulator.relayed;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** A name server that knows nothing and sometimes takes long to say so. */
public final class Names {
    static final String NOWHERE = "nowhere.test";
    static final String SLOW = "slow.test";

    private static final int LONG = 3_000;

    private Names() {}

    /** Blocks for some seconds over one of the names. */
    public static List<InetAddress> addresses(String host) throws UnknownHostException {
        if (host.equals(SLOW)) {
            try {
                Thread.sleep(LONG);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
        throw new UnknownHostException(host);
    }
}
