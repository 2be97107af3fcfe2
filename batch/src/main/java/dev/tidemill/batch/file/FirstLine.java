package dev.tidemill.batch.file;

import dev.tidemill.batch.JsonText;
import java.io.ByteArrayOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/**
 * Watches a file go by and tells whether its first line that is not blank is JSON, looking at no more than its first 64
 * KiB: what is longer is fine if it is the beginning of JSON. Catches the wrong file at the door; all else is validation's.
 */
final class FirstLine {
    private static final int KEPT = 64 << 10;
    private static final int[] BOM = {0xef, 0xbb, 0xbf};

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int bom;
    private boolean started;
    private boolean ended;

    void write(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length && !ended; i++) {
            write(bytes[i]);
        }
    }

    private void write(byte b) {
        if (bom >= 0 && bom < BOM.length && (b & 0xff) == BOM[bom]) {
            bom++;
            return;
        }
        bom = -1;
        if (!started && (b == ' ' || b == '\t' || b == '\r' || b == '\n')) {
            return;
        }
        started = true;
        if (b == '\n' || line.size() == KEPT) {
            ended = true;
        } else {
            line.write(b);
        }
    }

    /** Whether there was anything but white space. */
    boolean present() {
        return started;
    }

    boolean json() {
        try (JsonParser parser = JsonText.FACTORY.createParser(ObjectReadContext.empty(), line.toByteArray())) {
            parser.nextToken();
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (UnexpectedEndOfInputException e) {
            return line.size() == KEPT;
        } catch (JacksonException e) {
            return false;
        }
    }
}
