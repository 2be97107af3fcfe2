package dev.tidemill.simulator.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for, in no protocol's words.
 *
 * @param model the model's name, as written
 * @param stream whether the answer is to be streamed
 * @param includeUsage whether a stream is to end with its usage, where that must be asked for
 * @param choices answers side by side
 * @param maxTokens limit of the answer, or -1
 * @param instructions what stands before the last message, its first 16,384 characters
 * @param message the last message of the user
 * @param prefill what the answer is to go on from, or empty
 * @param inputs the texts of an embeddings request, otherwise empty
 * @param dimensions length of each embedding
 * @param base64 whether embeddings are asked for as base64
 * @param tool name of the first tool, or null without tools
 * @param toolFields names of that tool's parameters
 * @param promptTokens tokens of everything above
 * @param previous id of the response that this one follows, or null
 * @param store whether the answer is to be kept
 * @param background whether it may be taken up again and cancelled by its id
 */
public record Ask(
        String model,
        boolean stream,
        boolean includeUsage,
        int choices,
        int maxTokens,
        String instructions,
        String message,
        String prefill,
        List<String> inputs,
        int dimensions,
        boolean base64,
        @Nullable String tool,
        List<String> toolFields,
        long promptTokens,
        @Nullable String previous,
        boolean store,
        boolean background) {
    /** The name of the first tool, empty without tools. */
    public String toolName() {
        return tool == null ? "" : tool;
    }
}
