package dev.tidemill.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a scenario from YAML; {@code docs/simulator.md} shows one. The whole file is read before anything is said, so that every fault is
 * told at once.
 */
public final class ScenarioFile {
    private static final int LARGEST = 1 << 20;
    private static final int MOST_RULES = 1_000;

    private final List<ScenarioFault> faults = new ArrayList<>();

    private ScenarioFile() {}

    /**
     * Reads a file.
     *
     * @throws BadScenario with every fault in it
     * @throws IOException when it cannot be read
     */
    public static Scenario read(Path file) throws IOException, BadScenario {
        return parse(file.toString(), Files.readAllBytes(file));
    }

    /**
     * Reads YAML.
     *
     * @param name stands before each fault
     * @throws BadScenario with every fault in it
     */
    public static Scenario parse(String name, byte[] yaml) throws BadScenario {
        ScenarioFile file = new ScenarioFile();
        if (yaml.length > LARGEST) {
            throw new BadScenario(
                    name, List.of(new ScenarioFault(1, 1, yaml.length + " bytes (expected: <= " + LARGEST + ")")));
        }
        Scenario scenario = file.scenario(YamlNode.read(yaml, file.faults));
        if (!file.faults.isEmpty()) {
            file.faults.sort(Comparator.comparingInt(ScenarioFault::line).thenComparingInt(ScenarioFault::column));
            throw new BadScenario(name, file.faults);
        }
        return scenario;
    }

    private Scenario scenario(YamlNode root) {
        Map<String, YamlNode> fields = fields("scenario", root, Set.of("seed", "door", "tls", "behave", "rules"));
        Behaviour behave = behaviour("behave", fields.get("behave"), Behaviour.plain());
        List<Rule> rules = new ArrayList<>();
        List<YamlNode> items = items("rules", fields.get("rules"));
        for (int i = 0; i < Math.min(items.size(), MOST_RULES); i++) {
            rules.add(rule("rules[" + i + "]", items.get(i), behave));
        }
        if (items.size() > MOST_RULES) {
            fault(items.get(MOST_RULES), "rules: " + items.size() + " (expected: <= " + MOST_RULES + ")");
        }
        return new Scenario(
                number("seed", fields.get("seed"), 1),
                word("door", fields.get("door"), Door.OPEN, Door.values()),
                word("tls", fields.get("tls"), Tls.OFF, Tls.values()),
                behave,
                rules);
    }

    private Rule rule(String name, YamlNode node, Behaviour base) {
        Map<String, YamlNode> fields =
                fields(name, node, Set.of("model", "path", "header", "behave", "raw", "p", "times", "skip"));
        String header = null;
        Glob headerValue = Glob.ANY;
        YamlNode asked = fields.get("header");
        if (asked instanceof YamlNode.Fields one && one.fields().size() == 1) {
            Map.Entry<String, YamlNode> entry =
                    one.fields().entrySet().iterator().next();
            header = entry.getKey();
            headerValue = new Glob(text(name + ".header", entry.getValue(), "*"));
        } else if (asked != null) {
            fault(asked, name + ".header (expected: one header, such as { authorization: \"Bearer k1\" })");
        }
        if (fields.containsKey("behave") == fields.containsKey("raw") && node instanceof YamlNode.Fields) {
            fault(node, name + " (expected: either behave or raw)");
        }
        return new Rule(
                new Glob(text(name + ".model", fields.get("model"), "*")),
                new Glob(text(name + ".path", fields.get("path"), "*")),
                header,
                headerValue,
                new Occasion(
                        chance(name + ".p", fields.get("p")),
                        number(name + ".times", fields.get("times"), Long.MAX_VALUE),
                        number(name + ".skip", fields.get("skip"), 0)),
                behaviour(name + ".behave", fields.get("behave"), base),
                raw(name + ".raw", fields.get("raw")));
    }

    private Behaviour behaviour(String name, @Nullable YamlNode node, Behaviour base) {
        if (node == null) {
            return base;
        }
        Behaviour behaviour = base;
        for (YamlNode item : node instanceof YamlNode.Items list ? list.items() : List.of(node)) {
            if (!(item instanceof YamlNode.Text text)) {
                fault(item, name + " (expected: notation, such as ttft=300ms+speed=50+stall-after=3, or a list of it)");
                continue;
            }
            try {
                behaviour = behaviour.with(text.value());
            } catch (BadNotation bad) {
                fault(item, name + ": " + bad.getMessage());
            }
        }
        return behaviour;
    }

    private List<RawStep> raw(String name, @Nullable YamlNode node) {
        List<RawStep> steps = new ArrayList<>();
        for (YamlNode item : items(name, node)) {
            RawStep step = step(item);
            if (step == null) {
                fault(item, name + " (expected: send: TEXT, sleep: 100ms, close, reset or keep)");
            } else {
                steps.add(step);
            }
        }
        return steps;
    }

    private static @Nullable RawStep step(YamlNode item) {
        if (item instanceof YamlNode.Text word) {
            return switch (word.value()) {
                case "close" -> new RawStep.Close();
                case "reset" -> new RawStep.Reset();
                case "keep" -> new RawStep.Keep();
                default -> null;
            };
        }
        if (!(item instanceof YamlNode.Fields one) || one.fields().size() != 1) {
            return null;
        }
        if (one.fields().get("send") instanceof YamlNode.Text text) {
            return RawStep.Send.utf8(text.value());
        }
        Duration time =
                one.fields().get("sleep") instanceof YamlNode.Text written ? Parameter.time(written.value()) : null;
        return time == null ? null : new RawStep.Sleep(time);
    }

    private Map<String, YamlNode> fields(String name, YamlNode node, Set<String> known) {
        if (!(node instanceof YamlNode.Fields mapping)) {
            fault(node, name + " (expected: a mapping of " + String.join(", ", new TreeSet<>(known)) + ")");
            return Map.of();
        }
        mapping.fields().forEach((field, value) -> {
            if (!known.contains(field)) {
                fault(
                        value,
                        name + "." + field + ": unknown (expected: one of " + String.join(", ", new TreeSet<>(known))
                                + ")");
            }
        });
        return mapping.fields();
    }

    private List<YamlNode> items(String name, @Nullable YamlNode node) {
        if (node instanceof YamlNode.Items list) {
            return list.items();
        }
        if (node != null) {
            fault(node, name + " (expected: a list)");
        }
        return List.of();
    }

    private String text(String name, @Nullable YamlNode node, String standard) {
        if (node == null) {
            return standard;
        }
        if (node instanceof YamlNode.Text text) {
            return text.value();
        }
        fault(node, name + " (expected: text)");
        return standard;
    }

    private long number(String name, @Nullable YamlNode node, long standard) {
        String text = text(name, node, "");
        if (node == null) {
            return standard;
        }
        long number = Parameter.number(text);
        if (number < 0) {
            fault(node, name + ": " + text + " (expected: a whole number >= 0)");
            return standard;
        }
        return number;
    }

    private double chance(String name, @Nullable YamlNode node) {
        String text = text(name, node, "1");
        double chance = Parameter.chance(text);
        if (node != null && Double.isNaN(chance)) {
            fault(node, name + ": " + text + " (expected: a chance: 0.05 or 5%)");
            return 1;
        }
        return chance;
    }

    private <E extends Enum<E>> E word(String name, @Nullable YamlNode node, E standard, E[] words) {
        String text = text(name, node, label(standard));
        for (E word : words) {
            if (label(word).equals(text)) {
                return word;
            }
        }
        List<String> labels = new ArrayList<>();
        for (E word : words) {
            labels.add(label(word));
        }
        if (node != null) {
            fault(node, name + ": " + text + " (expected: " + String.join(" | ", labels) + ")");
        }
        return standard;
    }

    private static String label(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void fault(YamlNode node, String message) {
        faults.add(new ScenarioFault(node.at().line(), node.at().column(), message));
    }
}
