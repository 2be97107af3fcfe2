package dev.tidemill.core.route;

import java.net.URI;
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
 */
public record Provider(
        String name,
        Protocol protocol,
        URI baseUrl,
        List<String> keys,
        Map<String, String> headers,
        @Nullable String ca,
        @Nullable URI proxy,
        StreamUsage streamUsage) {

    /** Whether usage is asked for on streams, and the extra chunk removed again for a client that did not ask. */
    public enum StreamUsage {
        ASK,
        LEAVE
    }

    public Provider {
        keys = List.copyOf(keys);
        headers = Map.copyOf(headers);
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
