package dev.tidemill.core.limit;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tickets by the moment they run out; a ticket knows its index, so that it can leave from the middle. */
final class DueHeap {
    private @Nullable Ticket[] heap = new Ticket[16];
    private int size;

    void add(Ticket ticket) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        up(size++, ticket);
    }

    @Nullable
    Ticket first() {
        return heap[0];
    }

    void remove(Ticket ticket) {
        int at = ticket.heapIndex;
        if (at < 0) {
            return;
        }
        ticket.heapIndex = -1;
        Ticket last = at(--size);
        heap[size] = null;
        if (last == ticket) {
            return;
        }
        if (at > 0 && earlier(last, at((at - 1) >> 1))) {
            up(at, last);
        } else {
            down(at, last);
        }
    }

    private void up(int at, Ticket ticket) {
        while (at > 0 && earlier(ticket, at((at - 1) >> 1))) {
            put(at, at((at - 1) >> 1));
            at = (at - 1) >> 1;
        }
        put(at, ticket);
    }

    private void down(int at, Ticket ticket) {
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && earlier(at(child + 1), at(child))) {
                child++;
            }
            if (!earlier(at(child), ticket)) {
                break;
            }
            put(at, at(child));
            at = child;
        }
        put(at, ticket);
    }

    private void put(int at, Ticket ticket) {
        heap[at] = ticket;
        ticket.heapIndex = at;
    }

    private Ticket at(int index) {
        return Objects.requireNonNull(heap[index]);
    }

    private static boolean earlier(Ticket a, Ticket b) {
        return a.due - b.due < 0;
    }
}
