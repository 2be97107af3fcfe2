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
 */
public record Cell(Expected seen, int attempts, int counted, boolean reused, int retryAfter) {
    /** Whole, and all in order. */
    static Cell good() {
        return new Cell(new Whole(true, false), 1, 0, true, -1);
    }

    /** Whole, but its connection is of no more use. */
    static Cell last() {
        return good().closed();
    }

    /** Whole without a finish reason, as the provider sent it. */
    static Cell unfinished() {
        return new Cell(new Whole(false, false), 1, 0, true, -1);
    }

    /** An error of ours about a connection that is of no more use. */
    static Cell status(int status, String code) {
        return new Cell(new Status(status, ErrorName.ours(status, code)), 1, 1, false, -1);
    }

    /** An error of ours about an answer in good order. */
    static Cell refused(int status, String code) {
        return status(status, code).kept();
    }

    /** The provider's own error, which was an answer in good order. */
    static Cell passed(int status, ErrorName name) {
        return new Cell(new Status(status, name), 1, 1, true, -1);
    }

    /** An error of ours behind the beginning of the text. */
    static Cell broken(String code) {
        return new Cell(
                new ErrorEvent(ErrorName.ours(code.startsWith("timeout") ? 504 : 502, code), false), 1, 1, false, -1);
    }

    /** The provider's own error behind the beginning of the text. */
    static Cell told(ErrorName name) {
        return new Cell(new ErrorEvent(name, false), 1, 1, true, -1);
    }

    /** An error of ours behind the beginning of the text, of a stream that ended in good order. */
    static Cell told(String code) {
        return told(ErrorName.ours(502, code));
    }

    /** The provider's, and the mark of a whole answer behind it. */
    static Cell toldAndEnded(ErrorName name) {
        return new Cell(new ErrorEvent(name, true), 1, 1, true, -1);
    }

    /** Whole after so many attempts, all of which but the last failed and counted. */
    static Cell after(int attempts) {
        return new Cell(new Whole(true, false), attempts, attempts - 1, false, -1);
    }

    /** Text may follow the end. */
    Cell andMore() {
        return seeing(new Whole(true, true));
    }

    Cell seeing(Expected other) {
        return new Cell(other, attempts, counted, reused, retryAfter);
    }

    Cell uncounted() {
        return counted(0);
    }

    Cell counted(int failures) {
        return new Cell(seen, attempts, failures, reused, retryAfter);
    }

    Cell attempts(int all) {
        return new Cell(seen, all, counted, reused, retryAfter);
    }

    Cell closed() {
        return new Cell(seen, attempts, counted, false, retryAfter);
    }

    Cell kept() {
        return new Cell(seen, attempts, counted, true, retryAfter);
    }

    Cell retryAfter(int seconds) {
        return new Cell(seen, attempts, counted, reused, seconds);
    }
}
