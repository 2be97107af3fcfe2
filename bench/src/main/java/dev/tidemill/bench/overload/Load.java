package dev.tidemill.bench.overload;

import dev.tidemill.bench.Traffic;
import dev.tidemill.core.limit.Priority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Requests that come whether earlier ones were answered or not, by a Poisson process: a fifth is high, two fifths are
 * normal, two low. Whoever is refused does not come again.
 */
final class Load {
    private static final int MOST_CONNECTIONS = 12_000;
    /** A stream that took this much longer than the provider is whole, but no goodput. */
    private static final long PATIENCE_NANOS = 2_000_000_000L;

    private final Reactor reactor;
    private final InetSocketAddress relay;
    private final Map<Priority, ByteBuffer> requests = new EnumMap<>(Priority.class);
    private final byte[] expected;
    private final long longest;
    private final SplittableRandom random;
    private final ArrayDeque<Client> idle = new ArrayDeque<>();
    private int open;
    private int mostOpen;
    private int inTime;

    Load(Reactor reactor, int port, String key, Provider provider, long seed) {
        this.reactor = reactor;
        this.relay = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.longest = provider.answerMillis() * 1_000_000 + PATIENCE_NANOS;
        this.expected = provider.stream();
        this.random = new SplittableRandom(seed);
        String body = Traffic.request(OverloadCommand.MODEL, true);
        for (Priority level : Priority.values()) {
            byte[] request = """
                    POST /v1/chat/completions HTTP/1.1\r
                    host: 127.0.0.1:%d\r
                    authorization: Bearer %s\r
                    content-type: application/json\r
                    x-tidemill-priority: %s\r
                    content-length: %d\r
                    \r
                    %s""".formatted(port, key, level.name().toLowerCase(Locale.ROOT), body.length(), body)
                    .getBytes(StandardCharsets.US_ASCII);
            requests.put(level, ByteBuffer.allocateDirect(request.length).put(request));
        }
    }

    /**
     * Sends at this rate for a time; what is not answered then is answered into the same tally later.
     *
     * @param skipMillis that goodput is not counted in, at the begin
     */
    Stretch run(double rate, long millis, long skipMillis) throws IOException {
        Tally tally = new Tally();
        long begin = System.nanoTime();
        long end = begin + millis * 1_000_000;
        long counted = begin + skipMillis * 1_000_000;
        boolean counts = false;
        long next = rate > 0 ? begin + gap(rate) : end;
        long now;
        while ((now = System.nanoTime()) < end) {
            for (; next <= now && next < end; next += gap(rate)) {
                tally.lateness.add(now - next);
                send(tally);
            }
            if (!counts && now >= counted) {
                counts = true;
                inTime = 0;
            }
            reactor.turn();
        }
        return new Stretch(rate, tally, end, inTime / ((end - counted) / 1e9));
    }

    /** @param goodput whole answers a second that came in time, whenever they were asked for */
    record Stretch(double rate, Tally tally, long end, double goodput) {}

    private long gap(double rate) {
        return (long) (-Math.log(1 - random.nextDouble()) / rate * 1e9);
    }

    private void send(Tally tally) throws IOException {
        int lot = random.nextInt(10);
        Priority level = lot < 2 ? Priority.HIGH : lot < 6 ? Priority.NORMAL : Priority.LOW;
        Client client = idle.pollFirst(); // in turn, so that none idles until the relay closes it
        if (client == null) {
            if (open == MOST_CONNECTIONS) {
                tally.unsent++;
                return;
            }
            mostOpen = Math.max(mostOpen, ++open);
            client = new Client(this, relay, reactor);
        }
        client.ask(level, tally);
    }

    /** Waits until all that was asked is answered; returns how many are not. */
    int settle(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (open > idle.size() && System.nanoTime() < end) {
            reactor.turn();
        }
        return open - idle.size();
    }

    int mostOpen() {
        return mostOpen;
    }

    // For clients

    Reactor reactor() {
        return reactor;
    }

    ByteBuffer request(Priority level) {
        ByteBuffer request = requests.get(level);
        if (request == null) {
            throw new IllegalStateException("no request of level " + level);
        }
        return request.rewind();
    }

    byte[] expected() {
        return expected;
    }

    void whole(Tally tally, long nanos) {
        if (nanos <= longest) {
            tally.inTime++;
            inTime++;
        } else {
            tally.tooLate++;
        }
    }

    void free(Client client) {
        idle.addLast(client);
    }

    void gone() {
        open--;
    }
}
