package dev.tidemill.bench.overhead;

import dev.tidemill.bench.process.Child;
import java.net.URI;

/** One of the two that are compared: a process that relays to the bench's upstream. */
record Contender(String name, Child child, URI url) {
    URI completions() {
        return url.resolve("/v1/chat/completions");
    }
}
