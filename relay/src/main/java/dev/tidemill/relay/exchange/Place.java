package dev.tidemill.relay.exchange;

import dev.tidemill.core.limit.AdmissionQueue;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.limit.Ticket;
import dev.tidemill.core.limit.Ticket.State;
import dev.tidemill.relay.meter.AdmissionMeters;

/** A place in a line from joining to whatever becomes of it, counted on the exchange's loop. */
final class Place {
    private final AdmissionMeters meters;
    private final AdmissionMeters.Line kind;
    private final Priority priority;
    private final AdmissionQueue line;
    private final Ticket ticket;
    private final int position;
    private boolean counted;

    Place(AdmissionMeters meters, AdmissionMeters.Line kind, Priority priority, AdmissionQueue line, Ticket ticket) {
        this.meters = meters;
        this.kind = kind;
        this.priority = priority;
        this.line = line;
        this.ticket = ticket;
        this.counted = ticket.state() == State.WAITING;
        this.position = counted ? ticket.position() : -1;
        if (counted) {
            meters.joined(kind, priority, position);
        }
    }

    /** How many were to go before it; below 0: it has not had to wait. */
    int position() {
        return position;
    }

    /** What has become of it. */
    State state() {
        State state = ticket.state();
        if (counted && state != State.WAITING) {
            counted = false;
            if (state == State.GRANTED) {
                meters.granted(kind, priority, ticket.waitedNanos(0));
            } else {
                meters.gaveUp(kind, priority);
            }
        }
        return state;
    }

    /** The wait there would have been. */
    long retryAfterNanos() {
        return ticket.retryAfterNanos();
    }

    /** Leaves the line, if it still stands there; what was granted meanwhile is the owner's to leave. */
    void giveUp(long now) {
        line.leave(ticket, now);
        state();
    }
}
