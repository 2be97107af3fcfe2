package dev.tidemill.bench.resume;

import dev.tidemill.bench.resume.Part.Take;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Reads a stream to its end over many connections. */
final class Reader {
    /** Where it leaves. */
    enum Habit {
        AFTER_EACH_EVENT,
        AT_RANDOM_BYTES,
        /** The same, and says by {@code Last-Event-ID} where it was. */
        AT_RANDOM_BYTES_AS_EVENT_SOURCE,
        NEVER
    }

    /**
     * @param text all events it got, one behind the other
     * @param cuts how often it left before the end
     */
    record Union(Habit habit, String text, int cuts) {}

    private final InetSocketAddress relay;
    private final String key;
    private final String id;

    Reader(InetSocketAddress relay, String key, String id) {
        this.relay = relay;
        this.key = key;
        this.id = id;
    }

    Union read(Habit habit, SplittableRandom random) throws IOException {
        List<String> events = new ArrayList<>();
        for (int cuts = 0; ; cuts++) {
            Take take = switch (habit) {
                case AFTER_EACH_EVENT -> Take.events(1);
                case AT_RANDOM_BYTES, AT_RANDOM_BYTES_AS_EVENT_SOURCE -> Take.bytes(random.nextInt(1, 3_000));
                case NEVER -> Take.ALL;
            };
            boolean byHeader = habit == Habit.AT_RANDOM_BYTES_AS_EVENT_SOURCE && !events.isEmpty();
            Part part = byHeader ? after(events.size() - 1, take) : from(events.size(), take);
            events.addAll(part.events());
            if (part.ended()) {
                return new Union(habit, String.join("", events), cuts);
            }
        }
    }

    Part from(int event, Take take) throws IOException {
        return Part.of(relay, "GET /v1/streams/" + id + "?from=" + event + " HTTP/1.1\r\n" + headers() + "\r\n", take);
    }

    private Part after(int event, Take take) throws IOException {
        return Part.of(
                relay,
                "GET /v1/streams/" + id + " HTTP/1.1\r\n" + headers() + "last-event-id: " + event + "\r\n\r\n",
                take);
    }

    private String headers() {
        return "host: relay\r\nauthorization: Bearer " + key + "\r\n";
    }
}
