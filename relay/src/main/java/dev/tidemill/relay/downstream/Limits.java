package dev.tidemill.relay.downstream;

import java.time.Duration;
import java.util.List;

/**
 * What the client port allows.
 *
 * @param connections open at once, over all loops
 * @param connectionsPerAddress open at once from one address
 * @param headBytes of a request line and its headers
 * @param bodyBytes of a relayed request
 * @param headerTime from the first byte of a head, or the accept, to its end
 * @param bodyStall without a byte of a body that is being read
 * @param idle between two requests on one connection
 * @param writeStall without a byte taken by a client that is behind
 * @param cors origins that browsers may call from; {@code *}: any
 */
public record Limits(
        int connections,
        int connectionsPerAddress,
        int headBytes,
        int bodyBytes,
        Duration headerTime,
        Duration bodyStall,
        Duration idle,
        Duration writeStall,
        List<String> cors) {

    public static final Limits DEFAULT = new Limits(
            10_000,
            10_000,
            64 << 10,
            32 << 20,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(75),
            Duration.ofSeconds(60),
            List.of());

    public Limits {
        cors = List.copyOf(cors);
    }

    boolean allows(String origin) {
        return cors.contains(origin) || cors.contains("*");
    }
}
