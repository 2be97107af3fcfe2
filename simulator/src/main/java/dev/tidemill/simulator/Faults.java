package dev.tidemill.simulator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The faults that do happen to one answer, after chances and counts have been drawn. */
record Faults(List<Fault> all) {
    static final Faults NONE = new Faults(List.of());

    boolean isEmpty() {
        return all.isEmpty();
    }

    boolean has(FaultKind kind) {
        return find(kind) != null;
    }

    @Nullable
    Fault find(FaultKind kind) {
        for (int i = 0; i < all.size(); i++) {
            Fault fault = all.get(i);
            if (fault.kind() == kind) {
                return fault;
            }
        }
        return null;
    }

    /** Whether any of them makes the answer count as broken on purpose. */
    boolean breaks() {
        for (Fault fault : all) {
            if (fault.kind().breaks()) {
                return true;
            }
        }
        return false;
    }
}
