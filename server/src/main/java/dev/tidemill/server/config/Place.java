package dev.tidemill.server.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A value in the file: its node, and the path by which people know it. Reports its own faults with line and column. */
record Place(Reading reading, String path, Node node) {
    /** A key and what stands behind it. */
    record Entry(String key, Place keyPlace, Place value) {}

    void fault(String problem) {
        Optional<Mark> mark = node.getStartMark();
        reading.fault(
                mark.map(Mark::getLine).orElse(0) + 1, mark.map(Mark::getColumn).orElse(0) + 1, path, problem);
    }

    /** {@code key:} with nothing behind it, {@code ~} or {@code null}. */
    boolean empty() {
        return node instanceof ScalarNode scalar && Tag.NULL.equals(scalar.getTag());
    }

    /** The text as it stands in the file, references unresolved; null: not a single value. */
    @Nullable
    String raw() {
        return node instanceof ScalarNode scalar ? scalar.getValue() : null;
    }

    /** The text with its references resolved; null after a fault was reported. */
    @Nullable
    String text(String expected) {
        String raw = raw();
        if (raw == null) {
            fault(kind() + " (expected: " + expected + ")");
            return null;
        }
        return References.resolve(raw, this);
    }

    /** The items of a list. Null after a fault was reported. */
    @Nullable
    List<Place> items(String expected) {
        if (node instanceof SequenceNode sequence) {
            List<Place> items = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                items.add(new Place(reading, path + "[" + items.size() + "]", item));
            }
            return items;
        }
        fault(kind() + " (expected: " + expected + ")");
        return null;
    }

    /** The entries of a mapping, keys that appear twice reported and left out. Null after a fault was reported. */
    @Nullable
    List<Entry> entries(String expected) {
        if (empty()) {
            return List.of();
        }
        if (!(node instanceof MappingNode mapping)) {
            fault(kind() + " (expected: " + expected + ")");
            return null;
        }
        List<Entry> entries = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Node keyNode = tuple.getKeyNode();
            Place keyPlace = new Place(reading, path, keyNode);
            String key = keyPlace.raw();
            if (key == null) {
                keyPlace.fault(keyPlace.kind() + " as a key (expected: a name)");
                continue;
            }
            keyPlace = new Place(reading, child(key), keyNode);
            if (!seen.add(key)) {
                keyPlace.fault("the key appears twice (expected: once)");
                continue;
            }
            entries.add(new Entry(key, keyPlace, new Place(reading, child(key), tuple.getValueNode())));
        }
        return entries;
    }

    private String child(String key) {
        String shown = shown(key, 100);
        return path.isEmpty() ? shown : path + "." + shown;
    }

    /** Text from the file, fit for one line of a message: without line ends, and without the password in a URL. */
    static String shown(String text, int length) {
        String line = text.replaceAll("\\s*\\p{Cntrl}+", " ").replaceAll("//[^/@]*@", "//…@");
        return line.length() <= length ? line : line.substring(0, length) + "…";
    }

    /** What kind of node this is, for messages: the value itself where it is a plain one. */
    String kind() {
        return switch (node) {
            case SequenceNode list -> "a list";
            case MappingNode mapping -> "a section";
            case ScalarNode scalar when empty() -> "nothing";
            default -> "a single value";
        };
    }
}
