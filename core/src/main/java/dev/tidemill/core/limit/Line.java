package dev.tidemill.core.limit;

import org.jspecify.annotations.Nullable;

/** The tickets of one key in one level, first come first served; lines of a level stand in a ring. */
final class Line {
    final Holder holder;
    int size;

    @Nullable
    Ticket head;

    @Nullable
    Ticket tail;

    Line next = this;
    Line previous = this;

    Line(Holder holder) {
        this.holder = holder;
    }

    /** A key that has tickets. */
    static final class Holder {
        final String key;
        final @Nullable Line[] lines = new Line[Priority.COUNT];
        int size;
        /** The round in which its own limits stopped it, in every level alike. */
        long stoppedIn;

        Holder(String key) {
            this.key = key;
        }

        int waiting(Priority priority) {
            Line line = lines[priority.ordinal()];
            return line == null ? 0 : line.size;
        }
    }

    void add(Ticket ticket) {
        ticket.line = this;
        ticket.previousInLine = tail;
        if (tail == null) {
            head = ticket;
        } else {
            tail.nextInLine = ticket;
        }
        tail = ticket;
        size++;
        holder.size++;
    }

    void remove(Ticket ticket) {
        Ticket before = ticket.previousInLine;
        Ticket after = ticket.nextInLine;
        if (before == null) {
            head = after;
        } else {
            before.nextInLine = after;
        }
        if (after == null) {
            tail = before;
        } else {
            after.previousInLine = before;
        }
        ticket.nextInLine = null;
        ticket.previousInLine = null;
        ticket.line = null;
        size--;
        holder.size--;
    }
}
