package dev.tidemill.simulator.relayed;

import dev.tidemill.simulator.Door;
import dev.tidemill.simulator.relayed.Expected.ErrorEvent;
import dev.tidemill.simulator.relayed.Expected.Status;
import dev.tidemill.simulator.relayed.Expected.Whole;
import java.util.Locale;

/**
 * One fault and what becomes of it.
 *
 * @param number in the catalogue of upstream faults, U1 to U40; {@code -} for none
 * @param notation of the fault, as {@code cut-after=3}
 * @param door what becomes of the relay's connections
 * @param padding characters added to the prompt
 * @param stream what is seen of a streamed answer
 * @param whole what is seen of one that is not streamed
 */
public record FaultRow(String number, String notation, Door door, int padding, Expected stream, Expected whole) {

    static FaultRow row(String number, String notation, Expected stream, Expected whole) {
        return new FaultRow(number, notation, Door.OPEN, 0, stream, whole);
    }

    static FaultRow row(String number, String notation, Expected both) {
        return row(number, notation, both, both);
    }

    FaultRow behind(Door other) {
        return new FaultRow(number, notation, other, padding, stream, whole);
    }

    FaultRow padded(int characters) {
        return new FaultRow(number, notation, door, characters, stream, whole);
    }

    static Expected good() {
        return new Whole(true, true);
    }

    /** Whole, but its connection is of no more use. */
    static Expected last() {
        return new Whole(true, false);
    }

    static Expected status(int status, String code) {
        return new Status(status, code, false);
    }

    /** An error that was an answer in good order. */
    static Expected passed(int status, String code) {
        return new Status(status, code, true);
    }

    static Expected broken(String code) {
        return new ErrorEvent(code, false, false);
    }

    /** An error event in a stream in good order. */
    static Expected told(String code) {
        return new ErrorEvent(code, false, true);
    }

    /** The provider's own error event, and the {@code [DONE]} that it sends behind it. */
    static Expected toldAndDone(String code) {
        return new ErrorEvent(code, true, true);
    }

    /** What is expected of one of the two kinds of answer. */
    public Expected expected(boolean streamed) {
        return streamed ? stream : whole;
    }

    /** The notation, and the door where it is not open. */
    public String fault() {
        return door == Door.OPEN ? notation : "door: " + door.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return number + " " + fault();
    }
}
