package dev.tidemill.core.route;

import dev.tidemill.core.limit.Quota;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One upstream API.
 *
 * @param baseUrl http or https, with the API's version as its last path segment where the API has one, no trailing slash
 * @param keys credentials, spread over in turn; empty: none is sent
 * @param headers fixed request headers, names in lower case
 * @param ca PEM text of the provider's own certificate authority; null: the system's trust
 * @param proxy {@code http://host:port} of an HTTP CONNECT proxy
 * @param pool how connections to it are kept
 * @param limits of each of its keys for itself; without keys, of the provider
 */
public record Provider(
        String name,
        Protocol protocol,
        URI baseUrl,
        List<String> keys,
        Map<String, String> headers,
        @Nullable String ca,
        @Nullable URI proxy,
        StreamUsage streamUsage,
        Pool pool,
        Quota limits) {

    /**
     * @param connections at most this many from one event loop, at least 1
     * @param idle how long an unused connection is kept
     * @param age after which a connection is not used again
     * @param waiting requests that may wait for one connection each, on one event loop
     */
    public record Pool(int connections, Duration idle, Duration age, int waiting) {
        public static final Pool DEFAULT = new Pool(8192, Duration.ofSeconds(30), Duration.ofMinutes(10), 4096);
    }

    /** Whether usage is asked for on streams, and the extra chunk removed again for a client that did not ask. */
    public enum StreamUsage {
        ASK,
        LEAVE
    }

    public Provider {
        keys = List.copyOf(keys);
        headers = Map.copyOf(headers);
    }

    /** With the default pool and no limits. */
    public Provider(
            String name,
            Protocol protocol,
            URI baseUrl,
            List<String> keys,
            Map<String, String> headers,
            @Nullable String ca,
            @Nullable URI proxy,
            StreamUsage streamUsage) {
        this(name, protocol, baseUrl, keys, headers, ca, proxy, streamUsage, Pool.DEFAULT, Quota.NONE);
    }

    public boolean tls() {
        return "https".equals(baseUrl.getScheme());
    }

    public int port() {
        return baseUrl.getPort() >= 0 ? baseUrl.getPort() : tls() ? 443 : 80;
    }

    /** Credentials never show in logs. */
    @Override
    public String toString() {
        return name + " (" + protocol + " " + baseUrl + ")";
    }
}
