package dev.tidemill.simulator;

import org.jspecify.annotations.Nullable;

/** What a provider speaks: its endpoints by path, and the shape of its errors. The first protocol that owns a path answers it. */
interface Protocol {
    /** Whether a path is this protocol's, endpoint or not. */
    boolean owns(RequestHead head);

    /** The endpoint for a request, or null when there is none. */
    @Nullable
    Endpoint endpoint(RequestHead head);

    /** JSON that needs no asking, such as the list of models, or null when there is none at this path. */
    @Nullable
    String page(RequestHead head, Scenario scenario);

    /** An error body, JSON without line ends. */
    String error(ErrorText error);
}
