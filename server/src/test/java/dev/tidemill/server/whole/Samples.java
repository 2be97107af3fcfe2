package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prometheus' text format 0.0.4, read strictly. */
final class Samples {
    private static final Pattern SAMPLE = Pattern.compile(
            "([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{((?:[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\]|\\\\.)*\",?)*)})? (\\S+)");

    private Samples() {}

    /** Samples by name and labels, as they are written. */
    static Map<String, Double> parse(String text) {
        Map<String, Double> samples = new LinkedHashMap<>();
        Map<String, String> types = new LinkedHashMap<>();
        Set<String> helped = new HashSet<>();
        assertThat(text).endsWith("\n");
        for (String line : text.lines().toList()) {
            if (line.startsWith("# HELP ")) {
                assertThat(helped.add(line.split(" ", 4)[2])).as(line).isTrue();
            } else if (line.startsWith("# TYPE ")) {
                String[] parts = line.split(" ");
                assertThat(types.put(parts[2], parts[3])).as(line).isNull();
                assertThat(parts[3]).isIn("counter", "gauge", "histogram", "summary");
            } else {
                Matcher sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                String family = sample.group(1).replaceFirst("_(bucket|sum|count)$", "");
                assertThat(types).as(line).containsKey(types.containsKey(sample.group(1)) ? sample.group(1) : family);
                String name = sample.group(1) + (sample.group(2) == null ? "" : "{" + sample.group(2) + "}");
                assertThat(samples.put(name, Double.parseDouble(sample.group(3).replace("+Inf", "Infinity"))))
                        .as(line)
                        .isNull();
            }
        }
        types.forEach((name, type) -> {
            assertThat(helped).contains(name);
            assertThat(name.endsWith("_total")).as(name).isEqualTo(type.equals("counter"));
        });
        return samples;
    }
}
