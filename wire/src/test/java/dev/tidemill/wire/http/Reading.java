package dev.tidemill.wire.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a reader made of a connection: its messages, the last perhaps incomplete, and why it stopped.
 *
 * @param fault a code, or null when nothing was refused
 */
record Reading(List<Message> messages, @Nullable String fault) {
    Reading {
        messages = List.copyOf(messages);
    }
}
