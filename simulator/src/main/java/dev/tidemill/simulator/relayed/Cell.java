package dev.tidemill.simulator.relayed;

import dev.tidemill.simulator.relayed.Expected.ErrorEvent;
import dev.tidemill.simulator.relayed.Expected.Status;
import dev.tidemill.simulator.relayed.Expected.Whole;

/**
 * What becomes of one fault in one kind of answer.
 *
 * @param seen by the client
 * @param attempts of the relay, over all targets
 * @param counted failures that the first target's breaker has in its window
 * @param reused whether the last connection to the first target is kept for another request
 * @param retryAfter seconds that the client is told to wait, or one less; -1: it is told nothing
 * @param dropped events that the relay keeps from the client
 * @param stated what of the answer's cost the provider says
 */
public record Cell(
        Expected seen, int attempts, int counted, boolean reused, int retryAfter, int dropped, Stated stated) {
    /** What a provider says that can be believed. */
    public enum Stated {
        ALL,
        /** With the first event, before it knows. */
        PROMPT_AND_ONE,
        NOTHING
    }

    private static Cell once(Expected seen, int counted, boolean reused) {
        return new Cell(seen, 1, counted, reused, -1, 0, Stated.ALL);
    }

    /** Whole, and all in order. */
    static Cell good() {
        return once(new Whole(true, false), 0, true);
    }

    /** Whole, but its connection is of no more use. */
    static Cell last() {
        return good().closed();
    }

    /** Whole without a finish reason, as the provider sent it. */
    static Cell unfinished() {
        return once(new Whole(false, false), 0, true);
    }

    /** An error of ours about a connection that is of no more use. */
    static Cell status(int status, String code) {
        return once(new Status(status, ErrorName.ours(status, code), false), 1, false);
    }

    /** An error of ours about an answer in good order. */
    static Cell refused(int status, String code) {
        return status(status, code).kept();
    }

    /** The provider's own error, which was an answer in good order. */
    static Cell passed(int status, ErrorName name) {
        return once(new Status(status, name, true), 1, true).unstated();
    }

    /** An error of ours behind so many pieces of the text. */
    static Cell broken(String code, int pieces) {
        ErrorName name = ErrorName.ours(code.startsWith("timeout") ? 504 : 502, code);
        return once(new ErrorEvent(name, pieces, false), 1, false);
    }

    /** The provider's own error behind so many pieces of the text. */
    static Cell told(ErrorName name, int pieces) {
        return once(new ErrorEvent(name, pieces, false), 1, true);
    }

    /** An error of ours behind so many pieces of the text, of a stream that ended in good order. */
    static Cell told(String code, int pieces) {
        return told(ErrorName.ours(502, code), pieces);
    }

    /** Whole after so many attempts, all of which but the last failed and counted. */
    static Cell after(int attempts) {
        return good().attempts(attempts).counted(attempts - 1).closed();
    }

    /** Text may follow the end. */
    Cell andMore() {
        return seeing(new Whole(true, true));
    }

    /** The mark of a whole answer comes behind the error, too. */
    Cell andEnded() {
        ErrorEvent error = (ErrorEvent) seen;
        return seeing(new ErrorEvent(error.name(), error.pieces(), true));
    }

    private Cell seeing(Expected other) {
        return new Cell(other, attempts, counted, reused, retryAfter, dropped, stated);
    }

    Cell uncounted() {
        return counted(0);
    }

    Cell counted(int failures) {
        return new Cell(seen, attempts, failures, reused, retryAfter, dropped, stated);
    }

    Cell attempts(int all) {
        return new Cell(seen, all, counted, reused, retryAfter, dropped, stated);
    }

    Cell closed() {
        return new Cell(seen, attempts, counted, false, retryAfter, dropped, stated);
    }

    Cell kept() {
        return new Cell(seen, attempts, counted, true, retryAfter, dropped, stated);
    }

    Cell retryAfter(int seconds) {
        return new Cell(seen, attempts, counted, reused, seconds, dropped, stated);
    }

    Cell dropping(int events) {
        return new Cell(seen, attempts, counted, reused, retryAfter, events, stated);
    }

    Cell unstated() {
        return stating(Stated.NOTHING);
    }

    Cell stating(Stated part) {
        return new Cell(seen, attempts, counted, reused, retryAfter, dropped, part);
    }

    /** Whether the relay leaves the provider alone for a time: a key or model that is spent, refused or not there. */
    boolean parks() {
        return seen instanceof Status error
                && (error.status() == 404
                        || error.status() == 429
                        || error.name().openai().equals("upstream_credential"));
    }
}
