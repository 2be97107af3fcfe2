package dev.tidemill.bench.overhead;

import dev.tidemill.bench.Machine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run found.
 *
 * @param relay the name of what was compared with nginx
 * @param startupMillis from exec to the ready line, of each start; empty when the relay has no such line
 * @param idleRssBytes before the first request
 * @param footprints of streams that are held, of each contender for which they were taken
 */
record Report(
        Machine machine,
        String relay,
        List<Long> startupMillis,
        long idleRssBytes,
        List<Row> rows,
        List<Footprint> footprints,
        boolean quick) {
    private static final long MEBIBYTE = 1 << 20;

    /** A table in Markdown, with what it was measured on and whether it can be compared with other runs. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(machine).append("\n\n");
        line(
                text,
                "| workload | CPU nginx | CPU %s | ratio (quartiles) | goal | a second, nginx / %s | p50 ms | p99 ms | RSS |"
                        .formatted(relay, relay));
        line(text, "|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        for (Row row : rows) {
            Medians ratio = row.ratio();
            line(
                    text,
                    "| %s | %s | %s | **%.2f** (%.2f–%.2f) | %s | %.0f / %.0f | %.2f / %.2f | %.2f / %.2f | %d / %d MB |"
                            .formatted(
                                    row.workload().title,
                                    cpu(row.workload(), row.nginxMicros(), row.nginxCores()),
                                    cpu(row.workload(), row.relayMicros(), row.relayCores()),
                                    ratio.half(),
                                    ratio.quarter(),
                                    ratio.threeQuarters(),
                                    row.workload().goal(),
                                    row.nginxPerSecond(),
                                    row.relayPerSecond(),
                                    row.nginxMillis(false),
                                    row.relayMillis(false),
                                    row.nginxMillis(true),
                                    row.relayMillis(true),
                                    row.nginxRssBytes() / MEBIBYTE,
                                    row.relayRssBytes() / MEBIBYTE));
        }
        text.append('\n');
        if (!startupMillis.isEmpty()) {
            line(
                    text,
                    "Start to ready: %.0f ms (median of %d). Idle RSS: %d MB."
                            .formatted(startup(), startupMillis.size(), idleRssBytes / MEBIBYTE));
        }
        footprints.forEach(footprint -> line(
                text,
                "Memory of each of %d streams held at once: %s.".formatted(footprint.streams(), footprint.text())));
        rows.stream()
                .filter(row -> !row.comparable())
                .forEach(row -> line(
                        text,
                        "NOT COMPARABLE: %s cost nginx %.1f µs, more than half off the reference of %.0f–%.0f µs; another machine, or a busy one."
                                .formatted(
                                        row.workload().key(),
                                        row.nginxMicros(),
                                        row.workload().referenceLow,
                                        row.workload().referenceHigh)));
        if (quick) {
            line(text, "A quick run: too short to quote.");
        } else if (judged()) {
            List<String> broken = broken();
            line(text, broken.isEmpty() ? "All goals are kept." : "BROKEN: " + String.join("; ", broken) + ".");
        }
        return text.toString();
    }

    String json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("machine", machine);
        all.put("relay", relay);
        all.put("quick", quick);
        all.put("broken", broken());
        all.put("startup_ms", startupMillis);
        all.put("idle_rss_bytes", idleRssBytes);
        Map<String, Object> workloads = new LinkedHashMap<>();
        for (Row row : rows) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("nginx_us", row.nginxMicros());
            one.put("relay_us", row.relayMicros());
            one.put("nginx_cores", row.nginxCores());
            one.put("relay_cores", row.relayCores());
            one.put("ratio", row.ratio().half());
            one.put(
                    "ratio_quartiles",
                    List.of(row.ratio().quarter(), row.ratio().threeQuarters()));
            one.put("nginx_per_second", row.nginxPerSecond());
            one.put("relay_per_second", row.relayPerSecond());
            one.put("nginx_p50_ms", row.nginxMillis(false));
            one.put("relay_p50_ms", row.relayMillis(false));
            one.put("nginx_p99_ms", row.nginxMillis(true));
            one.put("relay_p99_ms", row.relayMillis(true));
            one.put("relay_rss_bytes", row.relayRssBytes());
            one.put("comparable", row.comparable());
            one.put("pairs", row.pairs());
            workloads.put(row.workload().key(), one);
        }
        all.put("workloads", workloads);
        all.put("footprints", footprints);
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(all);
    }

    /** The goals that were missed; none where none is judged: of a quick run, and of a control. */
    List<String> broken() {
        if (!judged()) {
            return List.of();
        }
        Stream<String> cpu = rows.stream()
                .filter(row -> !row.keepsItsGoal())
                .map(row -> String.format(
                        Locale.ROOT,
                        "%s %.2f (goal: %.2f)",
                        row.workload().key(),
                        row.ratio().half(),
                        row.workload().goal));
        Stream<String> memory = footprints.stream()
                .filter(footprint -> footprint.contender().equals(relay) && !footprint.keepsItsGoal())
                .map(Footprint::text);
        return Stream.concat(cpu, memory).toList();
    }

    private boolean judged() {
        return !quick && relay.equals("tidemill");
    }

    private double startup() {
        return Medians.of(startupMillis, Long::doubleValue).half();
    }

    /** Paced streams are compared by share of a core at equal pace; the cost of a stream follows from it. */
    private static String cpu(Workload workload, double micros, double cores) {
        return workload.paced()
                ? String.format(Locale.ROOT, "%.3f core, %.0f µs", cores, micros)
                : String.format(Locale.ROOT, "%.1f µs", micros);
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
