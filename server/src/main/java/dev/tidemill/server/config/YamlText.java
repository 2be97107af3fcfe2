package dev.tidemill.server.config;

import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * YAML 1.2 into nodes that know their line and column; nothing is ever constructed from a tag. Aliases are followed, at
 * most 50 of them to lists and sections, and the schema's own depth bounds what they can unfold to.
 */
final class YamlText {
    static final int MOST_CHARACTERS = 1 << 20;
    private static final int MOST_ALIASES = 50;

    private YamlText() {}

    /** The document's root, an empty one for an empty document; null after a fault was reported. */
    static @Nullable Place root(String text, Reading reading) {
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setUseMarks(true)
                    .setMaxAliasesForCollections(MOST_ALIASES)
                    .setCodePointLimit(MOST_CHARACTERS)
                    .build();
            Iterator<Node> documents =
                    new Composer(settings, new ParserImpl(settings, new StreamReader(settings, text)));
            Node root = documents.hasNext() ? documents.next() : scalar("");
            if (documents.hasNext()) {
                new Place(reading, "", documents.next()).fault("a second document (expected: one)");
                return null;
            }
            return new Place(reading, "", root);
        } catch (MarkedYamlEngineException e) {
            // The library's own message quotes the file, which may hold secrets; its problem alone does not.
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            int column = e.getProblemMark().map(mark -> mark.getColumn() + 1).orElse(1);
            boolean reference = line(text, line).contains("${");
            reading.fault(
                    line,
                    column,
                    "",
                    "no YAML: " + Place.shown(String.valueOf(e.getProblem()), 200)
                            + (reference ? " (put values with ${…} in quotes)" : ""));
        } catch (YamlEngineException | StackOverflowError e) {
            String problem = e instanceof StackOverflowError
                    ? "nested too deeply"
                    : Place.shown(String.valueOf(e.getMessage()), 200);
            reading.fault(1, 1, "", "no YAML: " + problem);
        }
        return null;
    }

    /** A default's text as a place. */
    static Place place(String text, Reading reading) {
        boolean collection = text.startsWith("[") || text.startsWith("{");
        Place root = collection ? root(text, reading) : new Place(reading, "", scalar(text));
        if (root == null) {
            throw new IllegalStateException(reading.faults().toString());
        }
        return root;
    }

    private static ScalarNode scalar(String text) {
        return new ScalarNode(
                text.isEmpty() ? Tag.NULL : Tag.STR, true, text, ScalarStyle.PLAIN, Optional.empty(), Optional.empty());
    }

    private static String line(String text, int number) {
        return text.lines().skip(Math.max(0, number - 1)).findFirst().orElse("");
    }
}
