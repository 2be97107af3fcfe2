package dev.tidemill.simulator;

import org.jspecify.annotations.Nullable;

/** What a provider speaks: its endpoints by path, and the shape of its errors. */
interface Protocol {
    /** The endpoint for a path, or null when it is none of this protocol's. */
    @Nullable
    Endpoint endpoint(String method, String path);

    /** Whether errors on a path are this protocol's, endpoint or not. */
    boolean owns(String path);

    /** An error body, JSON without line ends. */
    String error(ErrorText error);
}
