package dev.tidemill.batch.run;

import dev.tidemill.batch.job.Advance;
import dev.tidemill.batch.job.LineResult;
import java.util.List;

/** An {@link Advance} with the lines it is about. */
record Step(List<Done> results, List<Line> withdrawn, List<Line> starting) {
    /** A line that has its result. */
    record Done(Line line, LineResult result) {}

    Step {
        results = List.copyOf(results);
        withdrawn = List.copyOf(withdrawn);
        starting = List.copyOf(starting);
    }

    Advance advance() {
        return new Advance(
                results.stream().map(Done::result).toList(),
                withdrawn.stream().map(Line::intent).toList(),
                starting.stream().map(Line::intent).toList());
    }
}
