package dev.tidemill.simulator.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a provider speaks: its endpoints by path, and the shape of its errors. The first protocol that owns a path answers it. */
public interface Protocol {
    /** Whether a path is this protocol's, endpoint or not. */
    boolean owns(RequestHead head);

    /** The endpoint for a request, or null when there is none. */
    @Nullable
    Endpoint endpoint(RequestHead head);

    /**
     * What needs no asking of a model, such as the list of models, or null when there is none at this path.
     *
     * @param models names that the scenario knows in full
     */
    @Nullable
    Page page(RequestHead head, List<String> models);

    /** An error body, JSON without line ends. */
    String error(ErrorText error);

    /** Whose way of telling limits it has: {@code openai}, {@code anthropic}, {@code gemini}. */
    String vendor();

    /** How it says that a prompt is longer than a model takes. */
    ErrorText tooLong(long tokens, long limit);

    /** How it says that a prompt is against its policy. */
    ErrorText againstPolicy();
}
