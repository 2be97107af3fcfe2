package dev.tidemill.simulator.cut;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Where and how a stream ends too early.
 *
 * @param at bytes that come
 * @param clean whether the body ends in good order behind them; otherwise the connection is closed in the middle of it
 */
public record Cut(int at, boolean clean) {
    /** Longer streams are not cut at every byte. */
    private static final int EVERY_BYTE = 16 << 10;

    private static final int AROUND = 3;

    /** Before every byte of a short stream; of a longer one around the end of every event, and at places drawn by lot. */
    public static int[] places(Recording recording, int drawn, SplittableRandom random) {
        return recording.length() <= EVERY_BYTE
                ? IntStream.rangeClosed(0, recording.length()).toArray()
                : some(recording, AROUND, drawn, random);
    }

    /** At places drawn by lot. */
    public static int[] drawn(Recording recording, int drawn, SplittableRandom random) {
        return random.ints(drawn, 0, recording.length() + 1).toArray();
    }

    /** Before every byte. */
    public static int[] every(Recording recording) {
        return IntStream.rangeClosed(0, recording.length()).toArray();
    }

    private static int[] some(Recording recording, int around, int drawn, SplittableRandom random) {
        IntStream boundaries = recording.events().stream()
                .flatMapToInt(event -> IntStream.rangeClosed(event.end() - around, event.end() + around));
        return IntStream.concat(boundaries, IntStream.of(drawn(recording, drawn, random)))
                .filter(at -> at >= 0 && at <= recording.length())
                .sorted()
                .distinct()
                .toArray();
    }

    /** Whether who asked wants to be told of usage. Of the two ends at one place a client who does meets one, and another the other. */
    boolean usageAsked() {
        return at % 2 == 0 == clean;
    }

    @Override
    public String toString() {
        return "cut at " + at + (clean ? ", clean end" : ", connection closed")
                + (usageAsked() ? ", usage asked for" : "");
    }
}
