package dev.tidemill.wire.splice;

import dev.tidemill.wire.json.Edits;
import dev.tidemill.wire.json.JsonFields;
import dev.tidemill.wire.json.JsonWalk;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The turns of the conversation in a request's body. */
public final class Turns {
    private static final byte[] ROLE = "role".getBytes(StandardCharsets.US_ASCII);

    private Turns() {}

    /**
     * Puts a turn of {@code role} behind the last.
     *
     * @param list the field of the body that holds the turns
     * @param turn the turn, an object in JSON
     * @return null: there is no such list with something in it, or its last turn is this role's already
     */
    public static @Nullable Edits append(byte[] body, int from, int to, String list, String role, byte[] turn) {
        int root = JsonWalk.space(body, from, to);
        int turns = root < to && body[root] == '{'
                ? JsonWalk.member(body, root, to, list.getBytes(StandardCharsets.US_ASCII))
                : -1;
        int at = turns < 0 || body[turns] != '[' ? -1 : JsonWalk.firstIn(body, turns, to);
        int last = -1;
        int end = -1;
        while (at >= 0) {
            last = at;
            end = JsonWalk.valueEnd(body, at, to);
            if (end < 0) {
                return null;
            }
            at = JsonWalk.next(body, end, to);
        }
        if (last < 0 || spoken(body, last, end, role)) {
            return null;
        }
        byte[] text = new byte[turn.length + 1];
        text[0] = ',';
        System.arraycopy(turn, 0, text, 1, turn.length);
        Edits edits = new Edits();
        edits.insert(end - from, text);
        return edits;
    }

    private static boolean spoken(byte[] body, int from, int to, String role) {
        JsonFields fields = new JsonFields(body, from, to);
        while (fields.next()) {
            if (fields.is(ROLE) && fields.holds(role)) {
                return true;
            }
        }
        return false;
    }
}
