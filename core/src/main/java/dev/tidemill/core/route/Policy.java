package dev.tidemill.core.route;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How requests for a model are treated; docs/configuration.md has each option. */
public record Policy(
        Clocks clocks,
        Retry retry,
        @Nullable Breaker breaker,
        OnBreak onBreak,
        BadEvent badEvent,
        ClientGone clientGone,
        @Nullable Duration heartbeat,
        @Nullable Duration openEarly,
        @Nullable Hedge hedge,
        Resume resume,
        ProviderIds providerIds,
        ContentPolicy contentPolicy,
        Queue queue) {

    public static final Policy DEFAULT = new Policy(
            Clocks.DEFAULT,
            new Retry(3, 0.10),
            new Breaker(5, Duration.ofMinutes(5), Duration.ofSeconds(30)),
            OnBreak.ERROR,
            BadEvent.DROP,
            ClientGone.CANCEL,
            Duration.ofSeconds(15),
            null,
            null,
            new Resume(4 << 20, Duration.ofMinutes(10)));

    /** That refuses requests which name what a provider has stored, asks nobody else what one will not answer, and waits as usual. */
    public Policy(
            Clocks clocks,
            Retry retry,
            @Nullable Breaker breaker,
            OnBreak onBreak,
            BadEvent badEvent,
            ClientGone clientGone,
            @Nullable Duration heartbeat,
            @Nullable Duration openEarly,
            @Nullable Hedge hedge,
            Resume resume) {
        this(
                clocks,
                retry,
                breaker,
                onBreak,
                badEvent,
                clientGone,
                heartbeat,
                openEarly,
                hedge,
                resume,
                ProviderIds.REFUSE,
                ContentPolicy.STOP,
                Queue.DEFAULT);
    }

    /**
     * @param attempts on one target, at least 1
     * @param budget share of traffic that may be retries, 0 to 1
     */
    public record Retry(int attempts, double budget) {}

    public record Breaker(int failures, Duration window, Duration open) {}

    public enum OnBreak {
        ERROR,
        RESTART,
        CONTINUE,
        BUFFER
    }

    public enum BadEvent {
        DROP,
        BREAK
    }

    /**
     * What happens to a request that names a file, container, vector store or cache at the provider. Everybody's calls run
     * on the same account there, so whoever knows or guesses such an id has it, whoever made it.
     */
    public enum ProviderIds {
        REFUSE,
        ALLOW
    }

    /**
     * What happens to a request that a provider will not answer because of what it says: it is the caller's to know, and
     * whoever asks the next provider looks for one that minds less.
     */
    public enum ContentPolicy {
        STOP,
        FAILOVER
    }

    public enum ClientGone {
        CANCEL,
        DRAIN,
        DETACH
    }

    /**
     * @param quantile of time to first token after which a second request starts, 0 to 1
     * @param share of traffic that may be hedged, 0 to 1
     */
    public record Hedge(double quantile, double share) {}

    /**
     * @param bytes kept for a client that comes back
     * @param keep how long after the end
     */
    public record Resume(long bytes, Duration keep, int streams) {
        public Resume(long bytes, Duration keep) {
            this(bytes, keep, 1_000);
        }
    }

    /**
     * How long a request waits in line where a limit leaves no room for it. Zero: it is refused at once.
     *
     * @param maxWait for others to end; nobody knows when that will be
     * @param knownWait for a key's or a model's window of time; what is known to be longer is told rather than waited for
     */
    public record Queue(Duration maxWait, Duration knownWait) {
        public static final Queue DEFAULT = new Queue(Duration.ofSeconds(30), Duration.ofSeconds(10));
    }
}
