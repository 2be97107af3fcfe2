package dev.tidemill.simulator;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The short form in which settings and faults are written, in a model name behind {@code sim-}, in the header {@code x-sim-fault} and in
 * scenario files:
 *
 * <pre>
 * notation = item *( "+" item )
 * item     = name [ "=" value ] *( ( "?" | "&amp;" | ";" ) key "=" value )
 * </pre>
 *
 * The value behind the name is that of the item's first parameter; a number alone is a status. Values are percent-decoded, so that the
 * four signs can be written in them; {@code ;} is there for paths, where {@code ?} has a meaning of its own.
 */
final class Notation {
    static final String MODEL_PREFIX = "sim-";
    private static final int LONGEST = 4_096;

    private Notation() {}

    /** {@code behaviour} with what is written. */
    static Behaviour apply(Behaviour behaviour, String notation) {
        if (notation.length() > LONGEST) {
            throw new BadNotation(notation.length() + " characters (expected: <= " + LONGEST + ")");
        }
        Behaviour changed = behaviour;
        for (String item : notation.split("\\+", -1)) {
            changed = applyItem(changed, item.strip());
        }
        return changed;
    }

    /** What a model name asks for beside its {@code sim-}, or null for an ordinary name, {@code sim-ok} among them. */
    static @Nullable String inModel(String model) {
        if (!model.startsWith(MODEL_PREFIX) || model.equals("sim-ok")) {
            return null;
        }
        return model.substring(MODEL_PREFIX.length());
    }

    private static Behaviour applyItem(Behaviour behaviour, String item) {
        if (item.equals("ok")) {
            return behaviour;
        }
        String[] parts = item.split("[?&;]", -1);
        String name = before(parts[0]);
        Setting setting = Setting.labelled(name);
        if (setting != null) {
            return behaviour.with(setting, settingValue(setting, parts));
        }
        return behaviour.with(fault(name, parts));
    }

    private static String settingValue(Setting setting, String[] parts) {
        String value = value(parts[0]);
        if (parts.length > 1) {
            throw new BadNotation(setting.label() + ": " + parts[1] + " (expected: one value, " + setting.label() + "="
                    + setting.value().standard() + ")");
        }
        String checked = value == null ? setting.bare() : value;
        String fault = setting.fault(checked);
        if (fault != null) {
            throw new BadNotation(fault);
        }
        return checked;
    }

    private static Fault fault(String name, String[] parts) {
        boolean isStatus = name.length() == 3 && Parameter.number(name) >= 200;
        FaultKind kind = isStatus ? FaultKind.STATUS : FaultKind.labelled(name);
        if (kind == null) {
            throw new BadNotation(name + ": unknown fault or setting" + nearest(name));
        }
        Map<String, String> values = new HashMap<>();
        kind.parameters().forEach(parameter -> values.put(parameter.name(), parameter.standard()));
        Map<String, String> occasion = new HashMap<>();
        Occasion.PARAMETERS.forEach(parameter -> occasion.put(parameter.name(), parameter.standard()));
        String main = isStatus ? name : value(parts[0]);
        if (main != null) {
            if (kind.parameters().isEmpty()) {
                throw new BadNotation(name + "=" + main + " (expected: " + name + " takes no value)");
            }
            put(kind, values, kind.parameters().getFirst(), main);
        }
        for (int i = 1; i < parts.length; i++) {
            String key = before(parts[i]);
            String value = value(parts[i]);
            Parameter own = named(kind.parameters(), key);
            Parameter shared = named(Occasion.PARAMETERS, key);
            if (own != null) {
                put(kind, values, own, value == null ? "" : value);
            } else if (shared != null) {
                put(kind, occasion, shared, value == null ? "" : value);
            } else {
                throw new BadNotation(kind.label() + ": " + key + " (expected: " + names(kind) + ")");
            }
        }
        return new Fault(kind, values, occasion(occasion));
    }

    private static Occasion occasion(Map<String, String> values) {
        return new Occasion(
                Parameter.chance(values.getOrDefault("p", "1")),
                Parameter.number(values.getOrDefault("times", "0")),
                Parameter.number(values.getOrDefault("skip", "0")));
    }

    private static void put(FaultKind kind, Map<String, String> values, Parameter parameter, String value) {
        String fault = parameter.fault(value);
        if (fault == null && STATUSES.contains(parameter.name()) && !isStatus(value)) {
            fault = parameter.name() + ": " + value + " (expected: 100 to 599)";
        }
        if (fault != null) {
            throw new BadNotation(kind.label() + ": " + fault);
        }
        values.put(parameter.name(), value);
    }

    private static final List<String> STATUSES = List.of("code", "status");

    private static boolean isStatus(String value) {
        long number = Parameter.number(value);
        return number >= 100 && number <= 599;
    }

    private static @Nullable Parameter named(List<Parameter> parameters, String name) {
        for (Parameter parameter : parameters) {
            if (parameter.name().equals(name)) {
                return parameter;
            }
        }
        return null;
    }

    private static String names(FaultKind kind) {
        List<String> names = new ArrayList<>();
        kind.parameters().forEach(parameter -> names.add(parameter.name()));
        Occasion.PARAMETERS.forEach(parameter -> names.add(parameter.name()));
        return String.join(", ", names);
    }

    private static String nearest(String name) {
        String best = "";
        int least = 4;
        List<String> all = Stream.concat(
                        Stream.of(FaultKind.values()).map(FaultKind::label),
                        Stream.of(Setting.values()).map(Setting::label))
                .toList();
        for (String candidate : all) {
            int distance = distance(name, candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best.isEmpty() ? " (expected: one of docs/simulator.md)" : " (did you mean " + best + "?)";
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= Math.min(a.length(), 40); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    private static String before(String part) {
        int equals = part.indexOf('=');
        return (equals < 0 ? part : part.substring(0, equals)).strip();
    }

    private static @Nullable String value(String part) {
        int equals = part.indexOf('=');
        return equals < 0 ? null : decoded(part.substring(equals + 1).strip());
    }

    /** Percent-decodes; a percent sign without two hexadecimal digits stands for itself, so that {@code 5%} may be written. */
    private static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            boolean escape = bytes[i] == '%'
                    && i + 2 < bytes.length
                    && HexFormat.isHexDigit(bytes[i + 1])
                    && HexFormat.isHexDigit(bytes[i + 2]);
            if (escape) {
                out.write(HexFormat.fromHexDigit(bytes[i + 1]) << 4 | HexFormat.fromHexDigit(bytes[i + 2]));
                i += 2;
            } else {
                out.write(bytes[i]);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
