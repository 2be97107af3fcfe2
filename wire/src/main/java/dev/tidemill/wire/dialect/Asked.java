package dev.tidemill.wire.dialect;

import dev.tidemill.wire.json.Edits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request says, as far as a relay wants to know. Offsets count from the body's start.
 *
 * @param model the name asked for; empty where the path names it
 * @param modelFrom where the model's value lies, quotes included; -1: not in the body
 * @param names where else the body says that name, as {@code models/NAME}; almost always empty
 * @param stream whether the answer is to be streamed, where the body says so
 * @param choices how many answers in one, at least 1
 * @param maxOutput the most output tokens of one answer; -1: not stated
 * @param usageEdits what to change in the body so that a stream ends with usage; null: the client asked for it, or the
 *     API always tells
 * @param prompt what the answer depends on first, for affinity: instructions or the first messages
 * @param turns the messages that follow instructions; empty where they are the prompt
 * @param session what the client says that requests have in common whose prompts begin alike ({@code prompt_cache_key})
 * @param tools the value of {@code tools}, or of what names others that the provider runs
 * @param state what ties the request to a provider's own memory; null: nothing, the usual case
 */
public record Asked(
        String model,
        int modelFrom,
        int modelTo,
        List<Span> names,
        boolean stream,
        int choices,
        int maxOutput,
        @Nullable Edits usageEdits,
        Span prompt,
        Span turns,
        Span session,
        Span tools,
        @Nullable State state) {

    /** A part of the body. Empty: it is not there. */
    public record Span(int from, int to) {
        public static final Span NONE = new Span(0, 0);

        public boolean isEmpty() {
            return from == to;
        }
    }

    /**
     * @param previous the stored answer that this one goes on from ({@code previous_response_id}); null: none
     * @param foreign the field that names a file, container or cache of a provider's; null: none does
     * @param background whether the answer is to be made while nobody listens ({@code background: true})
     * @param withoutBackground asks for a stream in place of that wish
     * @param stored whether the provider is to keep the answer under its id
     */
    public record State(
            @Nullable String previous,
            @Nullable String foreign,
            boolean background,
            @Nullable Edits withoutBackground,
            boolean stored) {}

    /** The same request for a stream. */
    public Asked streamed() {
        return new Asked(
                model,
                modelFrom,
                modelTo,
                names,
                true,
                choices,
                maxOutput,
                usageEdits,
                prompt,
                turns,
                session,
                tools,
                state);
    }

    /** The same request of a path that names the model and says whether to stream. */
    public Asked at(String pathModel, boolean streamed) {
        return new Asked(
                pathModel,
                -1,
                -1,
                names,
                streamed,
                choices,
                maxOutput,
                usageEdits,
                prompt,
                turns,
                session,
                tools,
                state);
    }
}
