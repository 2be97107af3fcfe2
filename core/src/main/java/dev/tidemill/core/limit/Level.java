package dev.tidemill.core.limit;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One priority's tickets: in turn by key, and all of them by age. */
final class Level {
    final Priority priority;
    int size;
    int lines;
    /** The round in which all its keys were found stopped. */
    long spentIn;

    private long stoppedIn;
    private int stoppedLines;
    private int stoppedTickets;
    private @Nullable Line turn;
    private @Nullable Ticket oldest;
    private @Nullable Ticket newest;

    Level(Priority priority) {
        this.priority = priority;
    }

    void add(Line.Holder holder, Ticket ticket) {
        Line line = holder.lines[priority.ordinal()];
        if (line == null) {
            line = new Line(holder);
            holder.lines[priority.ordinal()] = line;
            enter(line);
        }
        line.add(ticket);
        ticket.previousInLevel = newest;
        if (newest == null) {
            oldest = ticket;
        } else {
            newest.nextInLevel = ticket;
        }
        newest = ticket;
        size++;
    }

    /** A new key's first turn comes after everybody else's. */
    private void enter(Line line) {
        Line first = turn;
        if (first == null) {
            turn = line;
        } else {
            line.next = first;
            line.previous = first.previous;
            first.previous.next = line;
            first.previous = line;
        }
        lines++;
    }

    void remove(Ticket ticket) {
        Line line = Objects.requireNonNull(ticket.line);
        line.remove(ticket);
        Ticket before = ticket.previousInLevel;
        Ticket after = ticket.nextInLevel;
        if (before == null) {
            oldest = after;
        } else {
            before.nextInLevel = after;
        }
        if (after == null) {
            newest = before;
        } else {
            after.previousInLevel = before;
        }
        ticket.nextInLevel = null;
        ticket.previousInLevel = null;
        size--;
        if (line.size == 0) {
            line.holder.lines[priority.ordinal()] = null;
            line.previous.next = line.next;
            line.next.previous = line.previous;
            lines--;
            if (turn == line) {
                turn = lines == 0 ? null : line.next;
            }
        }
    }

    /** The turn passes from this ticket's key to the next one. */
    void pass(Ticket ticket) {
        turn = Objects.requireNonNull(ticket.line).next;
    }

    /** Whose turn it is among the keys that were not stopped in this round; null: none. */
    @Nullable
    Ticket head(long round) {
        if (spentIn == round) {
            return null;
        }
        for (int i = 0; i < lines; i++) {
            Line line = Objects.requireNonNull(turn);
            if (line.holder.stoppedIn != round) {
                return line.head;
            }
            turn = line.next;
        }
        spentIn = round;
        return null;
    }

    @Nullable
    Ticket oldest() {
        return oldest;
    }

    @Nullable
    Ticket newest() {
        return newest;
    }

    /** The newest ticket of the key that has most, if that is more than {@code than}. */
    @Nullable
    Ticket newestOfLongest(int than) {
        Line longest = null;
        Line line = turn;
        for (int i = 0; i < lines && line != null; i++) {
            if (line.size > than && (longest == null || line.size > longest.size)) {
                longest = line;
            }
            line = line.next;
        }
        return longest == null ? null : longest.tail;
    }

    /** Its own limits stopped a key in this round, which it has tickets of here. */
    void stopped(Line line, long round) {
        if (stoppedIn != round) {
            stoppedIn = round;
            stoppedLines = 0;
            stoppedTickets = 0;
        }
        stoppedLines++;
        stoppedTickets += line.size;
    }

    /** How many of the keys that were not stopped by their own limits in this round stand here. */
    int going(long round) {
        return Math.max(0, size - (stoppedIn == round ? stoppedTickets : 0));
    }

    /**
     * How many stand before the next ticket of a key that has {@code own} here: each other key gets a turn for each of its
     * own, unless its own limits stopped it in this round.
     */
    int before(int own, boolean stopped, long round) {
        int itself = own == 0 || (stopped && stoppedIn == round) ? 0 : 1;
        int others = lines - itself - (stoppedIn == round ? stoppedLines : 0);
        long turns = (long) (own + 1) * Math.max(0, others);
        return own + (int) Math.min(turns, Math.max(0, going(round) - itself * own));
    }
}
