package dev.tidemill.relay.meter;

import dev.tidemill.core.Failure;
import java.util.List;

/** What became of attempts, each counted once, at its end. Written as {@link Meters} are. */
public final class AttemptMeters {
    private final List<String> clockNames;
    private final long[] clocks;
    private final long[] failed = new long[Failure.Kind.values().length];
    private long whole;
    private long givenUp;
    private long retries;
    private long failovers;
    private long hedges;
    private long hedgesWon;

    AttemptMeters(List<String> clockNames) {
        this.clockNames = List.copyOf(clockNames);
        this.clocks = new long[clockNames.size()];
    }

    void addTo(AttemptMeters sum) {
        for (int i = 0; i < clocks.length; i++) {
            sum.clocks[i] += clocks[i];
        }
        for (int i = 0; i < failed.length; i++) {
            sum.failed[i] += failed[i];
        }
        sum.whole += whole;
        sum.givenUp += givenUp;
        sum.retries += retries;
        sum.failovers += failovers;
        sum.hedges += hedges;
        sum.hedgesWon += hedgesWon;
    }

    public void succeeded() {
        whole++;
    }

    /** One that was no doing of the provider's is given up. */
    public void failed(Failure.Kind kind) {
        if (kind.upstream()) {
            failed[kind.ordinal()]++;
        } else {
            givenUp++;
        }
    }

    /** No doing of the provider's: the client left, the caller's time was over, another was faster, we had no room. */
    public void gaveUp() {
        givenUp++;
    }

    /** Another attempt begins, since the one before it failed. */
    public void again(boolean sameTarget) {
        if (sameTarget) {
            retries++;
        } else {
            failovers++;
        }
    }

    /** A second one begins beside one that is slow. */
    public void hedged() {
        hedges++;
    }

    /** The second one takes the first one's place. */
    public void hedgeWon() {
        hedgesWon++;
    }

    /** @param index in {@link #clockNames} */
    public void clockRanOut(int index) {
        clocks[index]++;
    }

    /** Whose answer was whole. */
    public long whole() {
        return whole;
    }

    public long failures(Failure.Kind kind) {
        return failed[kind.ordinal()];
    }

    public long givenUp() {
        return givenUp;
    }

    /** At the target that had failed. */
    public long retries() {
        return retries;
    }

    /** At another target. */
    public long failovers() {
        return failovers;
    }

    public long hedges() {
        return hedges;
    }

    public long hedgesWon() {
        return hedgesWon;
    }

    /** As in the configuration. */
    public List<String> clockNames() {
        return clockNames;
    }

    public long clockRuns(int index) {
        return clocks[index];
    }
}
