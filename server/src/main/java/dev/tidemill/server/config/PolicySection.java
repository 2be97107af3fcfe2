package dev.tidemill.server.config;

import dev.tidemill.core.route.Clocks;
import dev.tidemill.core.route.Policy;
import java.time.Duration;
import java.util.Optional;

/** {@code policy:}, for all models and for one. */
final class PolicySection {
    private static final Option<Duration> CONNECT = clock("connect", "5s", "Until a connection stands.");
    private static final Option<Duration> HEADERS = clock(
            "headers",
            "300s",
            "For an answer that is not streamed: until its head, and between two pieces of its body.");
    private static final Option<Duration> FIRST_CONTENT =
            clock("first_content", "120s", "From the send until the first content of a stream.");
    private static final Option<Duration> GAP =
            clock("gap", "60s", "Between two events with content; comments and pings do not count.");
    private static final Option<Duration> TOOL_GAP = clock(
            "tool_gap",
            "300s",
            "Instead of `gap` while tool arguments or a reasoning block are open, and until the first visible text after it.");
    private static final Option<Duration> TOTAL = clock("total", "30m", "The whole exchange.");
    private static final Section CLOCK_SECTION = new Section(CONNECT, HEADERS, FIRST_CONTENT, GAP, TOOL_GAP, TOTAL);
    private static final Option<Values> CLOCKS = Option.group(
            "clocks", CLOCK_SECTION, "How long each stage may take. Models that think for minutes need longer ones.");

    private static final Option<Integer> ATTEMPTS =
            Option.of("attempts", Scalars.whole(1, 20), "3", "Tries on one target, the first included.");
    private static final Option<Double> BUDGET = Option.of(
            "budget",
            Scalars.SHARE,
            "10%",
            "Share of traffic that may be retries, beside a small floor. More makes an outage worse.");
    private static final Option<Values> RETRY =
            Option.group("retry", new Section(ATTEMPTS, BUDGET), "What is tried again before the first content.");

    private static final Option<Integer> FAILURES =
            Option.of("failures", Scalars.whole(1, 10_000), "5", "So many within `window` open it.");
    private static final Option<Duration> WINDOW =
            Option.of("window", Scalars.duration("1s", "1d"), "5m", "How long a failure counts.");
    private static final Option<Duration> OPEN =
            Option.of("open", Scalars.duration("100ms", "1d"), "30s", "How long an open breaker keeps requests away.");
    private static final Option<Optional<Values>> BREAKER = Option.of(
            "breaker",
            new OrOff<>(new Section(FAILURES, WINDOW, OPEN)),
            "{}",
            "Keeps requests away from a target that fails.");

    private static final Option<Policy.OnBreak> ON_BREAK = Option.of(
            "on_break",
            Scalars.choice(Policy.OnBreak.class),
            "error",
            "What a client gets when a stream breaks after its first content.");
    private static final Option<Policy.BadEvent> BAD_EVENT = Option.of(
            "bad_event", Scalars.choice(Policy.BadEvent.class), "drop", "What happens to an event that is no JSON.");
    private static final Option<Policy.ClientGone> CLIENT_GONE = Option.of(
            "client_gone",
            Scalars.choice(Policy.ClientGone.class),
            "cancel",
            "What happens upstream when the client leaves: tokens not made are not paid for.");
    private static final Option<Optional<Duration>> HEARTBEAT = Option.of(
            "heartbeat",
            new OrOff<>(Scalars.duration("1s", "10m")),
            "15s",
            "After this much silence a stream says that it lives; proxies in between close silent ones after 30 to 60 s.");
    private static final Option<Optional<Duration>> OPEN_EARLY = Option.of(
            "open_early",
            new OrOff<>(Scalars.duration("100ms", "10m")),
            "off",
            "After how long a stream may be opened before its first content. Costs the real status of what fails later.");

    private static final Option<Double> QUANTILE = Option.of(
            "quantile", Scalars.QUANTILE, "p95", "Of the time to first content, after which a second request starts.");
    private static final Option<Double> SHARE =
            Option.of("share", Scalars.SHARE, "5%", "Of traffic that may be sent twice, and paid for twice.");
    private static final Option<Optional<Values>> HEDGE = Option.of(
            "hedge",
            new OrOff<>(new Section(QUANTILE, SHARE)),
            "off",
            "A second request when the first is slow; the first content wins.");

    private static final Option<Long> BYTES =
            Option.of("bytes", Scalars.size("4KiB", "1GiB"), "4MiB", "Kept of each resumable stream, in memory.");
    private static final Option<Duration> KEEP =
            Option.of("keep", Scalars.duration("1s", "7d"), "10m", "How long after its end.");
    private static final Option<Integer> STREAMS = Option.of(
            "streams",
            Scalars.whole(1, 10_000),
            "1000",
            "Kept of one key, running ones included, so that none takes the place of all others; 10000 are kept in all.");
    private static final Option<Values> RESUME =
            Option.group("resume", new Section(BYTES, KEEP, STREAMS), "What is kept for a client that comes back.");

    private static final Option<Policy.ProviderIds> PROVIDER_IDS = Option.of(
            "provider_ids",
            Scalars.choice(Policy.ProviderIds.class),
            "refuse",
            "What happens to a request that names a file, container, vector store or cache at the provider. `allow` where all"
                    + " who may use the model may also use all that is stored there: they share one account.");

    private static final Option<Policy.ContentPolicy> CONTENT_POLICY = Option.of(
            "content_policy",
            Scalars.choice(Policy.ContentPolicy.class),
            "stop",
            "What follows when a provider refuses what is asked for what it says: `stop`, the caller sees it at once;"
                    + " `failover`, the other targets are asked, each once. That looks for one that minds less.");

    private static final Option<Duration> MAX_WAIT = Option.of(
            "max_wait",
            Scalars.duration("0s", "1h"),
            "30s",
            "For other requests to end. Nobody knows when that will be; where the pace of the line says later, 429 comes at once.");
    private static final Option<Duration> KNOWN_WAIT = Option.of(
            "known_wait",
            Scalars.duration("0s", "1h"),
            "10s",
            "For a window of time of a key's or a model's limit. What is known to last longer is not waited for: 429 with `Retry-After`.");
    private static final Option<Values> QUEUE = Option.group(
            "queue",
            new Section(MAX_WAIT, KNOWN_WAIT),
            "How long a request waits in line where a limit leaves no room for it; 0s: not at all. Never longer than the caller's"
                    + " time and `clocks.total` allow.");

    static final Section SECTION = new Section(
            CLOCKS,
            RETRY,
            BREAKER,
            ON_BREAK,
            BAD_EVENT,
            CLIENT_GONE,
            HEARTBEAT,
            OPEN_EARLY,
            HEDGE,
            RESUME,
            PROVIDER_IDS,
            CONTENT_POLICY,
            QUEUE);

    private PolicySection() {}

    private static Option<Duration> clock(String name, String standard, String about) {
        return Option.of(name, Scalars.duration("1ms", "1d"), standard, about);
    }

    static Policy from(Values values) {
        Values clocks = values.get(CLOCKS);
        Values retry = values.get(RETRY);
        Values resume = values.get(RESUME);
        Values queue = values.get(QUEUE);
        return new Policy(
                new Clocks(
                        clocks.get(CONNECT),
                        clocks.get(HEADERS),
                        clocks.get(FIRST_CONTENT),
                        clocks.get(GAP),
                        clocks.get(TOOL_GAP),
                        clocks.get(TOTAL)),
                new Policy.Retry(retry.get(ATTEMPTS), retry.get(BUDGET)),
                values.get(BREAKER)
                        .map(breaker ->
                                new Policy.Breaker(breaker.get(FAILURES), breaker.get(WINDOW), breaker.get(OPEN)))
                        .orElse(null),
                values.get(ON_BREAK),
                values.get(BAD_EVENT),
                values.get(CLIENT_GONE),
                values.get(HEARTBEAT).orElse(null),
                values.get(OPEN_EARLY).orElse(null),
                values.get(HEDGE)
                        .map(hedge -> new Policy.Hedge(hedge.get(QUANTILE), hedge.get(SHARE)))
                        .orElse(null),
                new Policy.Resume(resume.get(BYTES), resume.get(KEEP), resume.get(STREAMS)),
                values.get(PROVIDER_IDS),
                values.get(CONTENT_POLICY),
                new Policy.Queue(queue.get(MAX_WAIT), queue.get(KNOWN_WAIT)));
    }
}
