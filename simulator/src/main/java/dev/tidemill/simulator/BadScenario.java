package dev.tidemill.simulator;

import java.util.List;
import java.util.stream.Collectors;

/** A scenario file that cannot be played; the message has a line for each fault, {@code file:line:column: message}. */
public final class BadScenario extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<ScenarioFault> faults;

    BadScenario(String file, List<ScenarioFault> faults) {
        super(faults.stream()
                .map(fault -> file + ":" + fault.line() + ":" + fault.column() + ": " + fault.message())
                .collect(Collectors.joining("\n")));
        this.faults = List.copyOf(faults);
    }

    /** Every fault, in the order of the file. */
    public List<ScenarioFault> faults() {
        return faults;
    }
}
