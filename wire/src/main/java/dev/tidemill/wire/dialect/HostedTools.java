package dev.tidemill.wire.dialect;

import dev.tidemill.wire.json.FieldTable;
import dev.tidemill.wire.json.JsonFields;
import dev.tidemill.wire.json.JsonWalk;
import dev.tidemill.wire.json.PlainText;
import java.nio.charset.StandardCharsets;

/**
 * Whether a list of tools holds one that the provider itself runs: what such a tool does would be done twice if the request
 * were asked twice. A tool that cannot be told counts as one.
 */
public final class HostedTools {
    private static final byte[] TYPE = "type".getBytes(StandardCharsets.US_ASCII);

    private HostedTools() {}

    /**
     * By each tool's {@code type}.
     *
     * @param ours the types that the client runs
     * @param untyped whether a tool without a type is the client's
     */
    public static boolean byType(byte[] a, int from, int to, FieldTable ours, boolean untyped) {
        if (PlainText.isNot(a, from, to)) {
            return true;
        }
        for (int tool = JsonWalk.firstIn(a, from, to); tool >= 0; ) {
            int end = JsonWalk.valueEnd(a, tool, to);
            if (end < 0 || !known(new JsonFields(a, tool, end), ours, untyped)) {
                return true;
            }
            tool = JsonWalk.next(a, end, to);
        }
        return false;
    }

    /** Two types in one tool both have to be known, since nobody can say which of them counts. */
    private static boolean known(JsonFields tool, FieldTable ours, boolean untyped) {
        boolean known = untyped;
        while (tool.next()) {
            if (tool.is(TYPE)) {
                if (!tool.holds(ours)) {
                    return false;
                }
                known = true;
            }
        }
        return known && !tool.broken();
    }

    /** By the names of each tool's fields: one that is not the client's makes it the provider's. */
    public static boolean byName(byte[] a, int from, int to, FieldTable ours) {
        for (int tool = JsonWalk.firstIn(a, from, to); tool >= 0; ) {
            int end = JsonWalk.valueEnd(a, tool, to);
            if (end < 0 || a[tool] != '{') {
                return true;
            }
            for (int name = JsonWalk.firstIn(a, tool, end); name >= 0; ) {
                int nameEnd = a[name] == '"' ? JsonWalk.stringEnd(a, name + 1, end) : -1;
                int value = nameEnd < 0 ? -1 : JsonWalk.afterColon(a, nameEnd, end);
                int valueEnd = value < 0 ? -1 : JsonWalk.valueEnd(a, value, end);
                if (valueEnd < 0 || ours.find(a, name + 1, nameEnd - 1) < 0) {
                    return true;
                }
                name = JsonWalk.next(a, valueEnd, end);
            }
            tool = JsonWalk.next(a, end, to);
        }
        return false;
    }
}
