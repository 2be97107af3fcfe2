package dev.tidemill.server.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code server:} */
final class ServerSection {
    private static final Option<Placed<Address>> LISTEN = Option.of(
                    "listen",
                    new Placed.Of<>(Scalars.ADDRESS),
                    "127.0.0.1:8080",
                    "Where clients connect. Any other address than loopback needs `behind_proxy: true`.")
            .needsRestart();
    private static final Option<Placed<Address>> ADMIN = Option.of(
                    "admin",
                    new Placed.Of<>(Scalars.ADDRESS),
                    "127.0.0.1:8081",
                    "Health, metrics and administration, apart from clients.")
            .needsRestart();
    private static final Option<URI> PUBLIC_URL = Option.optional(
                    "public_url",
                    Scalars.URL,
                    "How clients see us, for URLs in answers. Left out: the address that is listened on.")
            .needsRestart();
    private static final Option<List<String>> CORS = Option.of(
                    "cors",
                    new ListOf<>(Scalars.ORIGIN, 0, 1_000, "origins"),
                    "[]",
                    "Origins that browsers may call from. None by default: a page that holds a key shows it to everyone.")
            .needsRestart();
    private static final Option<Boolean> BEHIND_PROXY = Option.of(
                    "behind_proxy",
                    Scalars.FLAG,
                    "false",
                    "Says that something in front of us speaks TLS with clients, so that plain HTTP on other addresses is meant.")
            .needsRestart();
    private static final Option<String> CERTIFICATE =
            Option.required("certificate", Scalars.text("a PEM file"), "The certificate chain.");
    private static final Option<String> PRIVATE_KEY =
            Option.required("key", Scalars.text("a PEM file"), "Its private key.");
    private static final Option<Placed<Values>> TLS = Option.optional(
                    "tls",
                    new Placed.Of<>(new Section(CERTIFICATE, PRIVATE_KEY)),
                    "TLS for clients, without a proxy in front.")
            .later()
            .needsRestart();
    private static final Option<Integer> LOOPS = Option.of(
                    "loops",
                    Scalars.whole(0, 1_024),
                    "0",
                    "Event loops; 0 takes one for each core. Fewer leave cores to others on a shared machine.")
            .needsRestart();
    private static final Option<Integer> MAX_CONNECTIONS = Option.of(
                    "max_connections",
                    Scalars.whole(1, 1_000_000),
                    "10000",
                    "Client connections at once, some 10 KiB of memory each; one more is closed. Needs as many file descriptors.")
            .needsRestart();
    private static final Option<Integer> MAX_PER_ADDRESS = Option.of(
                    "max_connections_per_address",
                    Scalars.whole(1, 1_000_000),
                    "10000",
                    "Of these from one address. As many as in all by default, since a proxy or a NAT is one address.")
            .needsRestart();
    private static final Option<Long> MAX_BODY = Option.of(
                    "max_body",
                    Scalars.size("1KiB", "1GiB"),
                    "32MiB",
                    "A relayed request's body, held in memory until it is sent on; larger is 413.")
            .needsRestart();
    private static final Option<Long> MAX_FILE = Option.of(
                    "max_file",
                    Scalars.size("1KiB", "8GiB"),
                    "512MiB",
                    "An uploaded file, streamed to disk; larger is 413.")
            .needsRestart();
    private static final Option<Long> MAX_HEADERS = Option.of(
                    "max_headers",
                    Scalars.size("1KiB", "1MiB"),
                    "64KiB",
                    "A request's line and headers together; larger is 431.")
            .needsRestart();
    private static final Option<Long> MEMORY = Option.optional(
                    "memory",
                    Scalars.size("1MiB", "1TiB"),
                    "Bound over all request bodies and held answers; beyond it new requests are 503. Left out: half of the JVM's memory.")
            .needsRestart();
    private static final Option<Duration> KEEP_ALIVE = Option.of(
                    "keep_alive",
                    Scalars.duration("1s", "1d"),
                    "75s",
                    "How long a client's unused connection is kept. Longer than the idle time of the proxy in front, or that one meets closed connections.")
            .needsRestart();
    private static final Option<Duration> HEADER_TIMEOUT = Option.of(
                    "header_timeout",
                    Scalars.duration("100ms", "10m"),
                    "10s",
                    "For a request's whole head, against clients that send a byte now and then.")
            .needsRestart();
    private static final Option<Duration> BODY_TIMEOUT = Option.of(
                    "body_timeout", Scalars.duration("100ms", "1h"), "60s", "Between two reads of a request's body.")
            .needsRestart();
    private static final Option<Duration> WRITE_STALL = Option.of(
                    "write_stall",
                    Scalars.duration("100ms", "1h"),
                    "60s",
                    "After which a client that takes no byte of its answer is cut off, and the provider's work with it.")
            .needsRestart();
    private static final Option<Duration> DRAIN = Option.of(
                    "drain",
                    Scalars.duration("0s", "1h"),
                    "30s",
                    "How long a stop waits for what runs. Shorter than what the supervisor allows before it kills.")
            .needsRestart();

    static final Section SECTION = new Section(
            LISTEN,
            ADMIN,
            PUBLIC_URL,
            CORS,
            BEHIND_PROXY,
            TLS,
            LOOPS,
            MAX_CONNECTIONS,
            MAX_PER_ADDRESS,
            MAX_BODY,
            MAX_FILE,
            MAX_HEADERS,
            MEMORY,
            KEEP_ALIVE,
            HEADER_TIMEOUT,
            BODY_TIMEOUT,
            WRITE_STALL,
            DRAIN);

    private ServerSection() {}

    /** What no option alone can tell. Any value may be missing after a fault. */
    static void check(Values values, Reading reading) {
        Placed<Address> listen = values.find(LISTEN);
        Placed<Address> admin = values.find(ADMIN);
        Placed<Values> tls = values.find(TLS);
        boolean proxied = Boolean.TRUE.equals(values.find(BEHIND_PROXY));
        checkReach(listen, proxied, tls);
        checkReach(admin, proxied, null);
        if (listen != null
                && admin != null
                && listen.equals(admin)
                && listen.value().port() != 0) {
            Place written = admin.place().reading() == reading ? admin.place() : listen.place();
            written.fault(admin.value() + " (expected: two addresses, one for server.listen and one for server.admin)");
        }
    }

    private static void checkReach(@Nullable Placed<Address> address, boolean proxied, @Nullable Placed<Values> tls) {
        if (address != null && !address.value().loopback() && !proxied) {
            address.place()
                    .fault(address.value() + " can be reached from outside (expected: a loopback address, or"
                            + " behind_proxy: true when a proxy in front of it speaks TLS"
                            + (tls == null ? "" : "; server.tls is not in force yet") + ")");
        }
    }

    static ServerOptions from(Values values) {
        Long memory = values.find(MEMORY);
        return new ServerOptions(
                values.get(LISTEN).value(),
                values.get(ADMIN).value(),
                values.find(PUBLIC_URL),
                List.copyOf(values.get(CORS)),
                values.get(BEHIND_PROXY),
                values.get(LOOPS),
                values.get(MAX_CONNECTIONS),
                values.get(MAX_PER_ADDRESS),
                values.get(MAX_BODY),
                values.get(MAX_FILE),
                Math.toIntExact(values.get(MAX_HEADERS)),
                memory == null ? Runtime.getRuntime().maxMemory() / 2 : memory,
                values.get(KEEP_ALIVE),
                values.get(HEADER_TIMEOUT),
                values.get(BODY_TIMEOUT),
                values.get(WRITE_STALL),
                values.get(DRAIN));
    }
}
