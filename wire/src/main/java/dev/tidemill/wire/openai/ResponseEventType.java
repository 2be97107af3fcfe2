package dev.tidemill.wire.openai;

import dev.tidemill.wire.json.FieldTable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What kind of event a Responses stream tells, by its {@code type}. There are about sixty types and new ones come often, so they are told by
 * their shape: everything that ends with {@code .delta} brings something.
 */
enum ResponseEventType {
    /** No type, or none of this API's. */
    NONE,
    /** The answer begins, waits or goes on: holds the response, and nothing for the client to read. */
    OPEN,
    /** An item begins; what it is stands in {@code item}. */
    ITEM,
    /** Something to see or hear. */
    TEXT,
    /** Reasoning, arguments, code: a piece of what is not shown while it is made. */
    HIDDEN,
    /** A whole piece outside the deltas: an image, a source, a command. */
    PIECE,
    /** The answer is whole, be it cut at a limit. */
    COMPLETED,
    /** The answer is given up. */
    FAILED,
    /** An error. */
    ERROR,
    /** Says only that the provider lives. */
    PING,
    /** Of this API, and of no importance here. */
    OTHER;

    /** Whether it says how the answer stands, and so is of use even where it is broken behind its type. */
    boolean tells() {
        return switch (this) {
            case OPEN, COMPLETED, FAILED, ERROR -> true;
            case NONE, ITEM, TEXT, HIDDEN, PIECE, PING, OTHER -> false;
        };
    }

    private static final byte[] RESPONSE = ascii("response.");
    private static final byte[] DELTA = ascii(".delta");
    private static final byte[] OUTPUT_TEXT = ascii("output_text.");
    private static final byte[] REFUSAL = ascii("refusal.");
    private static final byte[] AUDIO = ascii("audio.");

    private static final FieldTable NAMES = FieldTable.of(
            "created",
            "queued",
            "in_progress",
            "output_item.added",
            "image_generation_call.partial_image",
            "output_text.annotation.added",
            "shell_call_command.added",
            "completed",
            "incomplete",
            "failed",
            "cancelled");
    private static final ResponseEventType[] NAMED = {
        OPEN, OPEN, OPEN, ITEM, PIECE, PIECE, PIECE, COMPLETED, COMPLETED, FAILED, FAILED,
    };
    private static final FieldTable BARE_NAMES = FieldTable.of("error", "keepalive", "ping");
    private static final ResponseEventType[] BARE = {ERROR, PING, PING};

    /** The kind of the type whose characters are {@code a[from, to)}. */
    static ResponseEventType of(byte[] a, int from, int to) {
        if (!starts(a, from, to, RESPONSE)) {
            int bare = BARE_NAMES.find(a, from, to);
            return bare < 0 ? NONE : BARE[bare];
        }
        int rest = from + RESPONSE.length;
        if (starts(a, to - DELTA.length, to, DELTA)) {
            boolean shown =
                    starts(a, rest, to, OUTPUT_TEXT) || starts(a, rest, to, REFUSAL) || starts(a, rest, to, AUDIO);
            return shown ? TEXT : HIDDEN;
        }
        int named = NAMES.find(a, rest, to);
        return named < 0 ? OTHER : NAMED[named];
    }

    private static boolean starts(byte[] a, int from, int to, byte[] word) {
        return to - from >= word.length && Arrays.equals(a, from, from + word.length, word, 0, word.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
