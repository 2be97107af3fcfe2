package dev.tidemill.bench.proof;

import dev.tidemill.bench.Machine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a proof found, gathered while it runs from any thread, and printed at its end. */
public final class Verdict {
    private static final int PRINTED = 20;

    private final String name;
    private final Map<String, String> figures = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();

    /** @param promise what is to be shown, in one sentence */
    public Verdict(String name, String promise, long seed) {
        this.name = name;
        System.out.printf("%s: %s%nseed %d; %s%n", name, promise, seed, Machine.here());
    }

    public synchronized void figure(String what, String found) {
        figures.put(what, found);
    }

    public synchronized void fault(String fault) {
        if (faults.size() < PRINTED) {
            System.err.println("BROKEN: " + fault);
        }
        faults.add(fault);
    }

    void faults(String where, List<String> found) {
        found.forEach(fault -> fault(where + ": " + fault));
    }

    /** Prints the table and the judgement; returns the exit code. */
    public synchronized int close() {
        System.out.println("\n| what | found |\n|---|---|");
        figures.forEach((what, found) -> System.out.printf("| %s | %s |%n", what, found));
        System.out.println();
        faults.stream().limit(PRINTED).forEach(fault -> System.out.println("BROKEN: " + fault));
        if (faults.size() > PRINTED) {
            System.out.printf("… and %d more%n", faults.size() - PRINTED);
        }
        System.out.printf("%s: %s%n", name, faults.isEmpty() ? "proven" : "BROKEN");
        return faults.isEmpty() ? 0 : 1;
    }
}
