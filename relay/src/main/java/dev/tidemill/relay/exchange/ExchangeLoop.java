package dev.tidemill.relay.exchange;

import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.choice.Choices;
import dev.tidemill.core.limit.Shedding;
import dev.tidemill.core.response.ResponseRecords;
import dev.tidemill.relay.admission.Admissions;
import dev.tidemill.relay.admission.Bounds;
import dev.tidemill.relay.background.Backgrounds;
import dev.tidemill.relay.loop.Bytes;
import dev.tidemill.relay.loop.Loop;
import dev.tidemill.relay.loop.Memory;
import dev.tidemill.relay.meter.AccessLine;
import dev.tidemill.relay.meter.AccessLog;
import dev.tidemill.relay.meter.AdmissionMeters;
import dev.tidemill.relay.meter.Meters;
import dev.tidemill.relay.upstream.Pool;
import dev.tidemill.relay.upstream.Pools;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.dialect.RequestReader;
import dev.tidemill.wire.ratelimit.RateLimitHeaders;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What the exchanges of one loop share: the loop itself, its pools and meters, the readers that are used anew for each
 * request, and the relay's snapshots. Nothing in {@link #requestReader} or {@link #out} outlives one event on the loop.
 */
public final class ExchangeLoop {
    /** What all loops share. */
    public record Shared(
            Directory directory,
            Choices choices,
            ResponseRecords responses,
            Backgrounds backgrounds,
            Admissions admissions,
            AccessLog accessLog,
            InstantSource clock,
            Executor offLoop) {}

    private final Loop loop;
    private final Pools pools;
    private final Shared shared;
    private final Phase[] phases;
    private final Meters meters;
    private final Shedding shedding;
    private final AdmissionMeters admissionMeters = new AdmissionMeters();
    private final Map<Dialect, RequestReader> requestReaders = new HashMap<>();
    private final Bytes out = new Bytes(64 << 10);
    private final List<Exchange> running = new ArrayList<>();
    private final Map<Pool, @Nullable RequestHead[]> requestHeads = new WeakHashMap<>();
    private final Map<Choice, Bounds> bounds = new WeakHashMap<>();
    private final RateLimitHeaders rateLimitHeaders = new RateLimitHeaders();

    public ExchangeLoop(Loop loop, Pools pools, Shared shared, Shedding.Terms shedding, List<Phase> phases) {
        this.loop = loop;
        this.shedding = new Shedding(shedding);
        this.pools = pools;
        this.shared = shared;
        this.phases = phases.toArray(Phase[]::new);
        this.meters = new Meters(
                phases.stream().map(Phase::phaseName).toList(),
                Arrays.stream(Clock.values()).map(Clock::key).toList());
    }

    public Loop loop() {
        return loop;
    }

    public Pools pools() {
        return pools;
    }

    public Directory directory() {
        return shared.directory();
    }

    Choices choices() {
        return shared.choices();
    }

    Backgrounds backgrounds() {
        return shared.backgrounds();
    }

    ResponseRecords responses() {
        return shared.responses();
    }

    public Admissions admissions() {
        return shared.admissions();
    }

    /** Whether this loop has too much to do. */
    public Shedding shedding() {
        return shedding;
    }

    /** Starts the tick. */
    public void start(int number) {
        loop.start((nanos, busyNanos, waitNanos) -> {
            Memory memory = loop.memory();
            shedding.report(nanos, busyNanos, waitNanos, memory.used(), memory.limit());
            shared.admissions().tick(number, System.nanoTime());
        });
    }

    /** What the targets of this choice bear. */
    Bounds bounds(Choice choice) {
        Bounds known = bounds.get(choice);
        if (known == null) {
            known = shared.admissions().upstreams().of(choice);
            bounds.put(choice, known);
        }
        return known;
    }

    RateLimitHeaders rateLimitHeaders() {
        return rateLimitHeaders;
    }

    public AdmissionMeters admissionMeters() {
        return admissionMeters;
    }

    public InstantSource clock() {
        return shared.clock();
    }

    public Meters meters() {
        return meters;
    }

    public AccessLog accessLog() {
        return shared.accessLog();
    }

    /** Writes a line of the access log, or counts it as lost. */
    public void log(AccessLine line) {
        if (!shared.accessLog().offer(line)) {
            meters.accessLineLost();
        }
    }

    Executor offLoop() {
        return shared.offLoop();
    }

    Phase[] phases() {
        return phases;
    }

    RequestReader requestReader(Dialect dialect) {
        return requestReaders.computeIfAbsent(dialect, Dialect::requestReader);
    }

    /** Empty; for what one read becomes. */
    public Bytes out() {
        out.clear(1 << 20);
        return out;
    }

    /**
     * The head of a request to this provider.
     *
     * @param credential the index of a key, below 0: none is sent
     */
    RequestHead requestHead(Pool pool, int credential) {
        @Nullable
        RequestHead[] heads = requestHeads.computeIfAbsent(
                pool, p -> new RequestHead[p.provider().keys().size() + 1]);
        int slot = Math.max(credential, -1) + 1;
        RequestHead head = heads[slot];
        if (head == null) {
            head = heads[slot] = new RequestHead(pool.provider(), credential);
        }
        return head;
    }

    void started(Exchange exchange) {
        running.add(exchange);
        exchange.place = running.size() - 1;
    }

    void ended(Exchange exchange) {
        Exchange last = running.removeLast();
        if (last != exchange) {
            running.set(exchange.place, last);
            last.place = exchange.place;
        }
    }

    /** The exchanges that run now; a copy. */
    public List<Exchange> running() {
        return List.copyOf(running);
    }
}
