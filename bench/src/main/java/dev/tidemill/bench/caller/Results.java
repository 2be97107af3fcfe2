package dev.tidemill.bench.caller;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The lines of a batch's output and error file, counted by {@code custom_id}.
 *
 * @param times how often each id stands in both files together
 */
public record Results(long outputLines, long errorLines, Map<String, Integer> times) {
    private static final int NAMED = 5;

    /** Downloads both files, where there are any, into {@code folder}. */
    public static Results of(Caller caller, BatchState batch, Path folder) throws IOException, InterruptedException {
        Map<String, Integer> times = new HashMap<>();
        long output = batch.outputFile() == null ? 0 : count(caller, batch.outputFile(), folder, times);
        long error = batch.errorFile() == null ? 0 : count(caller, batch.errorFile(), folder, times);
        return new Results(output, error, times);
    }

    /** What is wrong with them as the results of this input; empty when each line has exactly one and the counts agree. */
    public List<String> faults(InputFile input, BatchState batch) {
        List<String> faults = new ArrayList<>();
        TreeSet<String> missing = new TreeSet<>();
        TreeSet<String> repeated = new TreeSet<>();
        for (int i = 0; i < input.lines(); i++) {
            int seen = times.getOrDefault(input.customId(i), 0);
            if (seen == 0) {
                missing.add(input.customId(i));
            } else if (seen > 1) {
                repeated.add(input.customId(i));
            }
        }
        note(faults, "without a result", missing);
        note(faults, "with several results", repeated);
        long known = input.lines() - (long) missing.size();
        if (times.size() != known) {
            faults.add("%d custom_ids that nobody asked for".formatted(times.size() - known));
        }
        if (batch.total() != input.lines() || batch.completed() != outputLines || batch.failed() != errorLines) {
            faults.add("counts: total %d, completed %d, failed %d (expected: %d, %d, %d as the files have lines)"
                    .formatted(
                            batch.total(), batch.completed(), batch.failed(), input.lines(), outputLines, errorLines));
        }
        return faults;
    }

    private static void note(List<String> faults, String what, TreeSet<String> ids) {
        if (!ids.isEmpty()) {
            faults.add("%d custom_ids %s: %s%s"
                    .formatted(
                            ids.size(),
                            what,
                            String.join(", ", ids.stream().limit(NAMED).toList()),
                            ids.size() > NAMED ? ", …" : ""));
        }
    }

    private static long count(Caller caller, String file, Path folder, Map<String, Integer> times)
            throws IOException, InterruptedException {
        Path local = folder.resolve(file + ".jsonl");
        caller.download(file, local);
        long lines = 0;
        try (BufferedReader in = Files.newBufferedReader(local)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                JsonNode json = JsonMapper.shared().readTree(line);
                times.merge(json.path("custom_id").asString(), 1, Integer::sum);
                lines++;
            }
        }
        Files.delete(local);
        return lines;
    }
}
