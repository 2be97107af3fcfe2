package dev.tidemill.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** One step of a scripted answer: bytes exactly as given, a pause, or an end. After the last step the connection is closed. */
public sealed interface RawStep {
    /**
     * Bytes in one write.
     *
     * @param latin each character is one byte (ISO 8859-1)
     */
    record Send(String latin) implements RawStep {
        /** The UTF-8 bytes of {@code text}. */
        public static Send utf8(String text) {
            return new Send(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        }

        byte[] bytes() {
            return latin.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** Silence. */
    record Sleep(Duration time) implements RawStep {}

    /** FIN. */
    record Close() implements RawStep {}

    /** RST. */
    record Reset() implements RawStep {}

    /** The connection stays open for another request. */
    record Keep() implements RawStep {}
}
