package dev.tidemill.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One reading of one source: where its faults and its references to the environment go. Used by one thread.
 */
final class Reading {
    static final int MOST_FAULTS = 100;

    private final Origin origin;
    private final Path folder;
    private final List<Fault> faults = new ArrayList<>();
    private final Set<String> notInForce = new LinkedHashSet<>();
    private int faultsLeftOut;

    Reading(Origin origin) {
        this.origin = origin;
        Path parent =
                origin.file() == null ? null : origin.file().toAbsolutePath().getParent();
        this.folder = parent == null ? Path.of("") : parent;
    }

    Origin origin() {
        return origin;
    }

    /** What relative paths start from. */
    Path folder() {
        return folder;
    }

    Map<String, String> environment() {
        return origin.environment();
    }

    void fault(int line, int column, String path, String problem) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(new Fault(origin.toString(), line, column, path, problem));
        } else {
            faultsLeftOut++;
        }
    }

    void notInForce(String path) {
        notInForce.add(path);
    }

    List<String> notInForce() {
        return List.copyOf(notInForce);
    }

    boolean good() {
        return faults.isEmpty();
    }

    /** In the file's order. */
    List<Fault> faults() {
        List<Fault> all = new ArrayList<>(faults);
        all.sort(Comparator.comparingInt(Fault::line).thenComparingInt(Fault::column));
        if (faultsLeftOut > 0) {
            all.add(new Fault(
                    origin.toString(),
                    1,
                    1,
                    "",
                    faultsLeftOut + " more faults left out (expected: at most " + MOST_FAULTS + ")"));
        }
        return all;
    }
}
