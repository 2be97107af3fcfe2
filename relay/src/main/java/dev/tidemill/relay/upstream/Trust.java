package dev.tidemill.relay.upstream;

import dev.tidemill.core.route.Provider;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards providers: 1.2 or newer, server name sent, host name checked, trust from the system or the provider's own
 * {@code ca:} alone. There is no way to switch the check off. Thread-safe.
 */
final class Trust {
    private static final String SYSTEM = "";

    private static final CompletableFuture<@Nullable SslContext> NONE = CompletableFuture.completedFuture(null);

    private final Executor blocking;
    private final ConcurrentHashMap<String, CompletableFuture<@Nullable SslContext>> contexts =
            new ConcurrentHashMap<>();

    /** @param blocking reads trust stores, which takes some 100 ms the first time */
    Trust(Executor blocking) {
        this.blocking = blocking;
    }

    /** What a connection to the provider trusts; null for one without TLS. */
    CompletableFuture<@Nullable SslContext> of(Provider provider) {
        if (!provider.tls()) {
            return NONE;
        }
        String ca = provider.ca();
        return contexts.computeIfAbsent(
                ca == null ? SYSTEM : ca, pem -> CompletableFuture.supplyAsync(() -> context(pem), blocking));
    }

    private static SslContext context(String ca) {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .endpointIdentificationAlgorithm("HTTPS");
            if (!ca.equals(SYSTEM)) {
                builder.trustManager(new ByteArrayInputStream(ca.getBytes(StandardCharsets.US_ASCII)));
            }
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalArgumentException("no TLS context: " + e.getMessage(), e);
        }
    }
}
