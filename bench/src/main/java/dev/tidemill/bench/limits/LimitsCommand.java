package dev.tidemill.bench.limits;

import dev.tidemill.bench.proof.Verdict;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Limits hold under contention, and nothing that they lend is lost: first the counters alone, then a relay that is asked for
 * more than its limits allow, then one that is asked for things that break.
 */
@Command(name = "limits", description = "Limits under 64 threads: never above, never idle, nothing leaked.")
public final class LimitsCommand implements Callable<Integer> {
    /** Of what a limit allows, so much is let in when more is asked. */
    static final double LEAST = 0.99;

    @Option(names = "--seed", description = "Of limits, costs and faults (default: the clock).")
    private long seed = System.nanoTime();

    @Option(names = "--threads", description = "That ask at once, for each limit (default: ${DEFAULT-VALUE}).")
    private int threads = 64;

    @Option(names = "--seconds", description = "For which limits are besieged (default: ${DEFAULT-VALUE}).")
    private int seconds = 75;

    @Option(names = "--broken", description = "Requests of the storm that break (default: ${DEFAULT-VALUE}).")
    private long broken = 100_000;

    @Option(names = "--repetitions", description = "Of the counters alone (default: ${DEFAULT-VALUE}).")
    private int repetitions = 20;

    @Override
    public Integer call() throws Exception {
        Verdict verdict = new Verdict("limits", "never above the limit and its burst, and no permit is lost", seed);
        new Contention(verdict, threads, repetitions, seed).prove();
        for (Siege.Owner owner : Siege.Owner.values()) {
            new Besieged(verdict, threads, Duration.ofSeconds(seconds)).prove(seed, owner);
        }
        new Storm(verdict, threads, broken, seed).prove();
        return verdict.close();
    }
}
