package dev.tidemill.server.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How this process serves. Bytes, and durations above 0.
 *
 * @param publicUrl null: the address that is listened on
 * @param cors origins that browsers may call from; {@code *}: any
 * @param loops event loops, 0: one for each core
 * @param maxBody of a relayed request
 * @param maxFile of an uploaded file
 * @param memory bound over all request bodies and held answers
 * @param keepAlive how long a client's unused connection is kept
 * @param headerTimeout for a request's whole head
 * @param bodyTimeout between two reads of a request's body
 * @param writeStall after which a client that takes no byte is cut off
 * @param drain how long a stop waits for what runs
 */
public record ServerOptions(
        Address listen,
        Address admin,
        @Nullable URI publicUrl,
        List<String> cors,
        boolean behindProxy,
        int loops,
        int maxConnections,
        int maxConnectionsPerAddress,
        long maxBody,
        long maxFile,
        int maxHeaders,
        long memory,
        Duration keepAlive,
        Duration headerTimeout,
        Duration bodyTimeout,
        Duration writeStall,
        Duration drain) {

    ServerOptions on(Address otherListen, Address otherAdmin) {
        return new ServerOptions(
                otherListen,
                otherAdmin,
                publicUrl,
                cors,
                behindProxy,
                loops,
                maxConnections,
                maxConnectionsPerAddress,
                maxBody,
                maxFile,
                maxHeaders,
                memory,
                keepAlive,
                headerTimeout,
                bodyTimeout,
                writeStall,
                drain);
    }
}
