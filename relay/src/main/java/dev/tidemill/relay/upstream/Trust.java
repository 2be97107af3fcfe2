package dev.tidemill.relay.upstream;

import dev.tidemill.core.route.Provider;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;

/**
 * TLS towards providers: 1.2 or newer, server name sent, host name checked, trust from the system or the provider's own
 * {@code ca:} alone. There is no way to switch the check off. Thread-safe.
 */
final class Trust {
    private static final String SYSTEM = "";

    private final ConcurrentHashMap<String, SslContext> contexts = new ConcurrentHashMap<>();

    SslContext of(Provider provider) {
        String ca = provider.ca();
        return contexts.computeIfAbsent(ca == null ? SYSTEM : ca, Trust::context);
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
