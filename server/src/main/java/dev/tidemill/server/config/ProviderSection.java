package dev.tidemill.server.config;

import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** One entry of {@code providers:}. */
final class ProviderSection {
    static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    static final String NAME_EXPECTED = "lower-case letters, digits, ., _ and -, at most 64";

    /** What belongs to one connection, or is ours to write, is left out. */
    private static final Pattern HEADER = Pattern.compile(
            "(?i)(?!(?:host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|keep-alive)$)"
                    + "[a-z0-9!#$%&'*+.^_`|~-]{1,128}");

    private static final Option<Protocol> PROTOCOL =
            Option.of("protocol", Scalars.choice(Protocol.class), "openai", "What it speaks.");
    private static final Option<URI> BASE_URL = Option.required(
            "base_url",
            Scalars.URL,
            "The host with the API's version. A version too few or too many, or an endpoint at the end, is understood:"
                    + " `https://api.openai.com`, `…/v1/v1` and `…/v1/chat/completions` all mean `…/v1`.");
    private static final Option<Boolean> EXACT_URL = Option.of(
            "exact_url",
            Scalars.FLAG,
            "false",
            "Takes `base_url` as written, for an API without a version in its path.");
    private static final Option<List<String>> KEYS = Option.of(
            "keys",
            new ListOf<>(Scalars.secret("a credential in printable ASCII"), 0, 1_000, "credentials"),
            "[]",
            "Credentials, spread over in turn; none: none is sent. Better `${NAME}` or `${file:/path}` than the text itself.");
    private static final Option<Map<String, String>> HEADERS = Option.group(
            "headers",
            new MapOf<>(
                    Scalars.secret("a header value in printable ASCII"),
                    HEADER,
                    "a header that is not the connection's own",
                    0,
                    100),
            "Fixed request headers.");
    private static final Option<String> CA = Option.optional(
            "ca",
            new Scalar<>(
                    "a PEM file with certificates, or their text",
                    false,
                    (text, reading) -> certificates(text, reading.folder())),
            "Its own certificate authority, in place of the system's.");
    private static final Option<URI> PROXY = Option.optional(
            "proxy",
            new Scalar<>("http://host:port", false, (text, reading) -> proxy(text)),
            "`http://host:port` of an HTTP CONNECT proxy on the way to it.");
    private static final Option<Provider.StreamUsage> STREAM_USAGE = Option.of(
            "stream_usage",
            Scalars.choice(Provider.StreamUsage.class),
            "ask",
            "`ask`: usage is asked for on streams, and the extra chunk removed for a client that did not ask. `leave`: neither.");

    private static final Option<Integer> CONNECTIONS = Option.of(
            "connections",
            Scalars.whole(1, 100_000),
            "8192",
            "At once, from one event loop. Each costs a file descriptor and, with TLS, some 50 KiB.");
    private static final Option<Duration> IDLE = Option.of(
            "idle",
            Scalars.duration("100ms", "1h"),
            "30s",
            "How long an unused connection is kept. Shorter than the provider's own time, or requests meet closed ones.");
    private static final Option<Duration> AGE = Option.of(
            "age",
            Scalars.duration("1s", "7d"),
            "10m",
            "After which a connection is not used again, so that DNS changes are followed.");
    private static final Option<Integer> WAITING = Option.of(
            "waiting",
            Scalars.whole(0, 1_000_000),
            "4096",
            "Requests of one event loop that may wait for a connection.");
    private static final Option<Values> POOL =
            Option.group("pool", new Section(CONNECTIONS, IDLE, AGE, WAITING), "How connections to it are kept.");

    private static final Option<Values> LIMITS = LimitsSection.option(
            "What may be sent with each of `keys`, over all models; without keys, to the provider. At the limit the next key"
                    + " is taken, then the next target. What the provider says of its limits is kept without this.");

    static final Section SECTION =
            new Section(PROTOCOL, BASE_URL, EXACT_URL, KEYS, HEADERS, CA, PROXY, STREAM_USAGE, POOL, LIMITS);

    private ProviderSection() {}

    private static URI proxy(String text) {
        URI uri = Scalars.url(text);
        if (!uri.getScheme().equals("http")
                || !uri.getRawPath().replace("/", "").isEmpty()) {
            throw new IllegalArgumentException(text);
        }
        return uri;
    }

    /** Certificates are read now, so that a bad one is a fault of the file and not of the first request. */
    private static String certificates(String text, Path folder) {
        try {
            String pem = text.contains("-----BEGIN") ? text : Files.readString(folder.resolve(text));
            byte[] bytes = pem.getBytes(StandardCharsets.US_ASCII);
            if (CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(bytes))
                    .isEmpty()) {
                throw new Scalar.Hint("no certificate in it");
            }
            return pem;
        } catch (IOException | CertificateException e) {
            throw new Scalar.Hint(
                    e.getClass().getSimpleName() + ": " + Place.shown(String.valueOf(e.getMessage()), 200));
        }
    }

    static Provider from(String name, Values values) {
        Protocol protocol = values.get(PROTOCOL);
        URI written = values.get(BASE_URL);
        Map<String, String> headers = new HashMap<>();
        values.get(HEADERS).forEach((header, value) -> headers.put(header.toLowerCase(Locale.ROOT), value));
        Values pool = values.get(POOL);
        return new Provider(
                name,
                protocol,
                values.get(EXACT_URL) ? BaseUrl.exact(written) : BaseUrl.understand(written, protocol),
                values.get(KEYS),
                headers,
                values.find(CA),
                values.find(PROXY),
                values.get(STREAM_USAGE),
                new Provider.Pool(pool.get(CONNECTIONS), pool.get(IDLE), pool.get(AGE), pool.get(WAITING)),
                LimitsSection.from(values.get(LIMITS)));
    }
}
