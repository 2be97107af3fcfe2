package dev.tidemill.relay.upstream;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Names to addresses, asked off the loops, each answer kept for a while. The system's resolver is asked, so hosts files and
 * search domains hold; it does not tell the record's own time to live, hence the fixed one. The JDK's cache must be off
 * (see {@link #disableJdkCache}), or its times would come on top. Thread-safe.
 */
public final class Resolver {
    static final Duration KEPT = Duration.ofSeconds(30);
    static final Duration FAILURE_KEPT = Duration.ofSeconds(5);
    private static final int MAX_NAMES = 10_000;

    /** The question itself; handed in so that tests can answer. */
    public interface Lookup {
        List<InetAddress> addresses(String host) throws UnknownHostException;
    }

    /** The system's own resolver. */
    public static final Lookup SYSTEM = host -> List.of(InetAddress.getAllByName(host));

    private record Entry(CompletableFuture<List<InetAddress>> answer, long asked) {}

    private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();
    private final Lookup lookup;
    private final Executor executor;
    private final LongSupplier nanos;

    /** Asks with {@code lookup}, on {@code blocking}, by the time of {@code nanos}. */
    public Resolver(Lookup lookup, Executor blocking, LongSupplier nanos) {
        this.lookup = lookup;
        this.executor = blocking;
        this.nanos = nanos;
    }

    /** To be called before the first look-up of the process. */
    public static void disableJdkCache() {
        java.security.Security.setProperty("networkaddress.cache.ttl", "0");
        java.security.Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }

    /** Every address of the host, IPv4 and IPv6, in the system's order; fails with {@link UnknownHostException}. */
    public CompletableFuture<List<InetAddress>> resolve(String host) {
        InetAddress literal = literal(host);
        if (literal != null) {
            return CompletableFuture.completedFuture(List.of(literal));
        }
        if (entries.size() > MAX_NAMES) {
            entries.clear();
        }
        return entries.compute(host, (name, known) -> known != null && !stale(known) ? known : ask(name)).answer;
    }

    private boolean stale(Entry entry) {
        if (!entry.answer.isDone()) {
            return false;
        }
        Duration kept = entry.answer.isCompletedExceptionally() ? FAILURE_KEPT : KEPT;
        return nanos.getAsLong() - entry.asked > kept.toNanos();
    }

    private Entry ask(String host) {
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        executor.execute(() -> {
            try {
                answer.complete(lookup.addresses(host));
            } catch (UnknownHostException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return new Entry(answer, nanos.getAsLong());
    }

    private static @org.jspecify.annotations.Nullable InetAddress literal(String host) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
        try {
            return address == null ? null : InetAddress.getByAddress(host, address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are an address", e);
        }
    }
}
