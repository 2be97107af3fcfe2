package dev.tidemill.bench.overload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/**
 * One thread that does all of the provider's and all of the clients' work, and never sleeps: its core is its own. Two
 * threads would take turns on that core, a library's channels would cost as much as the relay under test.
 */
final class Reactor implements AutoCloseable {
    private static final long SLOT_NANOS = 1_000_000;
    private static final int SLOTS = 1024;

    /** A channel can be read, written or is connected. */
    interface Ready {
        void ready();
    }

    /** A time has come. */
    interface Due {
        void due();
    }

    private final Selector selector;
    private final List<List<Due>> wheel = new ArrayList<>();
    private List<Due> spare = new ArrayList<>();
    private long slot;
    private long slotAt = System.nanoTime();

    Reactor() throws IOException {
        selector = Selector.open();
        for (int i = 0; i < SLOTS; i++) {
            wheel.add(new ArrayList<>());
        }
    }

    SelectionKey register(SelectableChannel channel, int operations, Ready ready) throws ClosedChannelException {
        return channel.register(selector, operations, ready);
    }

    /** @param millis 1 to 1023 */
    void in(int millis, Due due) {
        wheel.get((int) ((slot + millis) % SLOTS)).add(due);
    }

    /** Does what is to be done now. */
    void turn() {
        for (long now = System.nanoTime(); now - slotAt >= SLOT_NANOS; slotAt += SLOT_NANOS) {
            int at = (int) (++slot % SLOTS);
            List<Due> due = wheel.set(at, spare);
            for (Due one : due) {
                one.due();
            }
            due.clear();
            spare = due;
        }
        try {
            selector.selectNow(key -> ((Ready) key.attachment()).ready());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
