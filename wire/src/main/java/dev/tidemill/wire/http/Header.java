package dev.tidemill.wire.http;

import java.util.Locale;

/** The header fields this product knows by name. A name is its constant in lower case, with dashes. */
public enum Header {
    /** Any name not listed here. */
    OTHER,
    HOST,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    CONTENT_ENCODING,
    ACCEPT,
    ACCEPT_ENCODING,
    USER_AGENT,
    AUTHORIZATION,
    EXPECT,
    COOKIE,
    SET_COOKIE,
    SERVER,
    DATE,
    ORIGIN,
    REFERER,
    RANGE,
    RETRY_AFTER,
    RETRY_AFTER_MS,
    CACHE_CONTROL,
    LOCATION,
    VIA,
    FORWARDED,
    X_FORWARDED_FOR,
    X_FORWARDED_HOST,
    X_FORWARDED_PROTO,
    X_REAL_IP,
    ALT_SVC,
    STRICT_TRANSPORT_SECURITY,
    ACCESS_CONTROL_REQUEST_METHOD,
    ACCESS_CONTROL_REQUEST_HEADERS,
    LAST_EVENT_ID,
    TRACEPARENT,
    IDEMPOTENCY_KEY,
    X_REQUEST_ID,
    REQUEST_ID,
    X_SHOULD_RETRY,
    X_STAINLESS_TIMEOUT,
    X_STAINLESS_READ_TIMEOUT,
    X_STAINLESS_RETRY_COUNT,
    X_API_KEY,
    API_KEY,
    OPENAI_BETA,
    OPENAI_ORGANIZATION,
    OPENAI_PROJECT,
    OPENAI_PROCESSING_MS,
    OPENAI_VERSION,
    ANTHROPIC_VERSION,
    ANTHROPIC_BETA,
    ANTHROPIC_ORGANIZATION_ID,
    X_GOOG_API_KEY,
    X_GOOG_API_CLIENT,
    X_TIDEMILL_PRIORITY,
    X_TIDEMILL_USER,
    X_TIDEMILL_BUSINESS,
    X_TIDEMILL_RESUMABLE,
    X_TIDEMILL_TIMEOUT,
    // Hop by hop from here on; hopByHop() goes by this order.
    CONNECTION,
    KEEP_ALIVE,
    TRANSFER_ENCODING,
    TE,
    TRAILER,
    UPGRADE,
    HTTP2_SETTINGS,
    PROXY_AUTHENTICATE,
    PROXY_AUTHENTICATION_INFO,
    PROXY_AUTHORIZATION,
    PROXY_CONNECTION;

    static final int COUNT = values().length;

    private final String lower = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The name in lower case. */
    public String lower() {
        return lower;
    }

    /** Its place in the tables of a {@link Head}, which live no longer than the process. */
    @SuppressWarnings("EnumOrdinal")
    int index() {
        return ordinal();
    }

    /** Whether the field means this connection alone and is never passed on (RFC 9110, section 7.6.1). */
    public boolean hopByHop() {
        return index() >= CONNECTION.index();
    }

    /**
     * Whether field i of an answer must not go back to the client: hop by hop, or of the provider's account and house rather than of the answer
     * (cookies, rate limits, organization, request ids, server, transport policies, cross-origin rules).
     */
    public static boolean privateAnswer(Head head, int i) {
        if (head.hopByHop(i)) {
            return true;
        }
        return switch (head.known(i)) {
            case SET_COOKIE,
                    SERVER,
                    VIA,
                    X_REQUEST_ID,
                    REQUEST_ID,
                    OPENAI_ORGANIZATION,
                    OPENAI_PROJECT,
                    ANTHROPIC_ORGANIZATION_ID,
                    ALT_SVC,
                    STRICT_TRANSPORT_SECURITY -> true;
            case OTHER -> privatePrefix(head.bytes(), head.nameFrom(i), head.nameTo(i));
            default -> false;
        };
    }

    private static boolean privatePrefix(byte[] a, int from, int to) {
        return switch (a[from] | 0x20) {
            case 'x' ->
                Octets.startsWith(a, from, to, "x-ratelimit-")
                        || Octets.startsWith(a, from, to, "x-envoy-")
                        || Octets.startsWith(a, from, to, "x-amzn-")
                        || Octets.startsWith(a, from, to, "x-ms-");
            case 'a' ->
                Octets.startsWith(a, from, to, "anthropic-ratelimit-")
                        || Octets.startsWith(a, from, to, "access-control-")
                        || Octets.startsWith(a, from, to, "apim-");
            case 'c' -> Octets.startsWith(a, from, to, "cf-");
            case 'n' -> Octets.same(a, from, to, "nel");
            case 'r' -> Octets.startsWith(a, from, to, "ratelimit") || Octets.same(a, from, to, "report-to");
            case 's' -> Octets.same(a, from, to, "set-cookie2");
            default -> false;
        };
    }
}
