package dev.tidemill.batch.intake;

import dev.tidemill.batch.job.Fault;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with a file, in the order of its lines; past the limit only counted. */
final class Faults {
    private final int limit;
    private final List<Fault> list = new ArrayList<>();
    private long more;

    Faults(int limit) {
        this.limit = limit;
    }

    void add(Fault fault) {
        if (list.size() < limit) {
            list.add(fault);
        } else {
            more++;
        }
    }

    boolean none() {
        return list.isEmpty();
    }

    List<Fault> finish() {
        if (more > 0) {
            list.add(new Fault(
                    "too_many_errors",
                    more + " more lines are faulty and not listed (listed: " + limit + ").",
                    null,
                    null));
            more = 0;
        }
        return list;
    }
}
