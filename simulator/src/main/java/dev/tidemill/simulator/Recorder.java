package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.RequestHead;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;

/** The last requests, at most 1,024 of them and 64 MiB of bodies. */
final class Recorder {
    private static final int MOST = 1_024;
    private static final long MOST_BYTES = 64 << 20;

    private record Kept(SeenRequest request, int bytes) {}

    private final ArrayDeque<Kept> last = new ArrayDeque<>();
    private long bytes;

    void add(RequestHead head, byte[] body, long connection) {
        byte[] kept = body.length > SeenRequest.LONGEST_BODY ? Arrays.copyOf(body, SeenRequest.LONGEST_BODY) : body;
        Kept added = new Kept(new SeenRequest(head, kept, connection), kept.length + head.bytes().length);
        synchronized (last) {
            last.addLast(added);
            bytes += added.bytes();
            while (last.size() > MOST || bytes > MOST_BYTES) {
                bytes -= last.removeFirst().bytes();
            }
        }
    }

    List<SeenRequest> all() {
        synchronized (last) {
            return last.stream().map(Kept::request).toList();
        }
    }

    void clear() {
        synchronized (last) {
            last.clear();
            bytes = 0;
        }
    }
}
