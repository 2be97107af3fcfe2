package dev.tidemill.simulator.relayed;

import dev.tidemill.simulator.relayed.Setup.Retries;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * One fault and what becomes of it.
 *
 * @param number in the catalogue of upstream faults, U1 to U40; {@code -} for none
 * @param streamed the fault's notation, as {@code cut-after=3}
 * @param inOnePiece the fault that is nearest to it in an answer that is not streamed; the same where it can be
 * @param setup under which it is met
 * @param stream what is seen of a streamed answer
 * @param whole what is seen of one that is not streamed
 * @param otherStreams what is seen of a stream in an API where it is something else
 * @param otherWholes likewise in one piece
 */
public record FaultRow(
        String number,
        String streamed,
        String inOnePiece,
        Setup setup,
        Cell stream,
        Cell whole,
        Map<Api, Cell> otherStreams,
        Map<Api, Cell> otherWholes) {
    private static final JsonMapper JSON = new JsonMapper();

    public FaultRow {
        otherStreams = Map.copyOf(otherStreams);
        otherWholes = Map.copyOf(otherWholes);
    }

    /** In one piece another fault, which is the nearest there. */
    static FaultRow row(String number, String notation, Cell stream, String nearest, Cell whole) {
        return new FaultRow(number, notation, nearest, Setup.PLAIN, stream, whole, Map.of(), Map.of());
    }

    static FaultRow row(String number, String notation, Cell stream, Cell whole) {
        return row(number, notation, stream, notation, whole);
    }

    static FaultRow row(String number, String notation, Cell both) {
        return row(number, notation, both, both);
    }

    /** The fault lies on the way. */
    static FaultRow row(String number, Way way, Cell both) {
        FaultRow row = row(number, "ok", both);
        return row.in(Setup.PLAIN.on(way));
    }

    /** With a second target. */
    static FaultRow elsewhere(String number, String notation, Cell both) {
        FaultRow row = row(number, notation, both);
        return row.in(Setup.PLAIN.with(Retries.OTHER));
    }

    /** With a second target, and a fault on the way to the first. */
    static FaultRow elsewhere(String number, Way way, Cell both) {
        FaultRow row = row(number, "ok", both);
        return row.in(Setup.PLAIN.on(way).with(Retries.OTHER));
    }

    /** With one target that may be asked again. */
    static FaultRow again(String number, String notation, Cell both) {
        FaultRow row = row(number, notation, both);
        return row.in(Setup.PLAIN.with(Retries.SAME));
    }

    FaultRow in(Setup other) {
        return new FaultRow(number, streamed, inOnePiece, other, stream, whole, otherStreams, otherWholes);
    }

    /** Something else in a stream of this API. */
    FaultRow in(Api api, Cell itsStream) {
        return in(api, itsStream, null);
    }

    /** Something else in this API; {@code itsWhole} null: not in one piece. */
    FaultRow in(Api api, Cell itsStream, @Nullable Cell itsWhole) {
        Map<Api, Cell> streams = new EnumMap<>(Api.class);
        streams.putAll(otherStreams);
        streams.put(api, itsStream);
        Map<Api, Cell> wholes = new EnumMap<>(Api.class);
        wholes.putAll(otherWholes);
        if (itsWhole != null) {
            wholes.put(api, itsWhole);
        }
        return new FaultRow(number, streamed, inOnePiece, setup, stream, whole, streams, wholes);
    }

    /** What is expected of one kind of answer. */
    public Cell cell(Api api, boolean isStream) {
        return isStream ? otherStreams.getOrDefault(api, stream) : otherWholes.getOrDefault(api, whole);
    }

    String notation(boolean isStream) {
        return isStream ? streamed : inOnePiece;
    }

    /**
     * Whether this is what the provider has to say, or the arguments of the call that it makes.
     *
     * @param more whether more may follow
     */
    boolean isText(String seen, boolean more) {
        if (setup.tool()) {
            return isObject(seen);
        }
        return more ? seen.startsWith(FaultTable.TEXT) : seen.equals(FaultTable.TEXT);
    }

    private static boolean isObject(String json) {
        try {
            return JSON.readTree(json).isObject();
        } catch (JacksonException broken) {
            return false;
        }
    }

    /** The notation, or the way where that is the fault; the nearest fault of an answer in one piece; what the relay may do. */
    public String fault() {
        String fault =
                setup.way() == Way.OPEN ? "`" + streamed + "`" : setup.way().toString();
        String nearest = inOnePiece.equals(streamed) ? "" : " (in one piece `" + inOnePiece + "`)";
        return fault
                + nearest
                + (setup.usage() ? "" : ", no usage asked for")
                + (setup.retries() == Retries.NONE ? "" : ", " + setup.retries());
    }

    @Override
    public String toString() {
        return number + " " + fault();
    }
}
