package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.Json;
import java.util.Map;

/**
 * What a simulator has done since its start or last reset. {@code asked = whole + broken + cancelled + refused + running}.
 *
 * @param total over all requests to the protocols
 * @param running requests being answered now
 * @param connectionsOpened connections accepted
 * @param connectionsOpen connections open now
 * @param bytesIn bytes read from clients
 * @param bytesOut bytes of finished answers
 * @param idempotencyKeys requests that came with an {@code Idempotency-Key}
 * @param repeatedKeys those whose key had come before, as far as the last 10,000 keys tell
 * @param protocols by the way of asking: {@code chat}, {@code completions}, {@code embeddings}, {@code responses}, {@code messages},
 *     {@code count_tokens}, {@code generateContent}, {@code streamGenerateContent}, {@code countTokens}, {@code embedContent},
 *     {@code batchEmbedContents}; lists, pages, and what was refused unread under {@code (other)}
 * @param models by the model asked for, at most 1,000, the others under {@code (others)}
 * @param keys by the credential as it came, likewise; {@code (none)} without one
 */
public record Counts(
        Tally total,
        long running,
        long connectionsOpened,
        long connectionsOpen,
        long bytesIn,
        long bytesOut,
        long idempotencyKeys,
        long repeatedKeys,
        Map<String, Tally> protocols,
        Map<String, Tally> models,
        Map<String, Tally> keys) {
    /**
     * The numbers of one model, one key, or all.
     *
     * @param asked requests read
     * @param whole answered whole, or oddly but right
     * @param broken answered under a fault that breaks, or by a script of bytes
     * @param cancelled given up by the peer while the answer was under way
     * @param refused refused with cause: no such endpoint, bad body, a limit exceeded
     * @param promptTokens tokens of the requests that were answered with content
     * @param completionTokens tokens sent
     */
    public record Tally(
            long asked,
            long whole,
            long broken,
            long cancelled,
            long refused,
            long promptTokens,
            long completionTokens) {}

    /** These numbers as JSON. */
    public String json() {
        StringBuilder json = new StringBuilder(512).append('{');
        fields(json, total);
        json.append(",\"running\":").append(running);
        json.append(",\"connections_opened\":").append(connectionsOpened);
        json.append(",\"connections_open\":").append(connectionsOpen);
        json.append(",\"bytes_in\":").append(bytesIn);
        json.append(",\"bytes_out\":").append(bytesOut);
        json.append(",\"idempotency_keys\":").append(idempotencyKeys);
        json.append(",\"repeated_keys\":").append(repeatedKeys);
        json.append(",\"protocols\":");
        map(json, protocols);
        json.append(",\"models\":");
        map(json, models);
        json.append(",\"keys\":");
        map(json, keys);
        return json.append("}\n").toString();
    }

    private static void map(StringBuilder json, Map<String, Tally> tallies) {
        json.append('{');
        boolean first = true;
        for (Map.Entry<String, Tally> entry : tallies.entrySet()) {
            json.append(first ? "" : ",");
            first = false;
            Json.quote(json, entry.getKey());
            json.append(":{");
            fields(json, entry.getValue());
            json.append('}');
        }
        json.append('}');
    }

    private static void fields(StringBuilder json, Tally tally) {
        json.append("\"asked\":").append(tally.asked());
        json.append(",\"whole\":").append(tally.whole());
        json.append(",\"broken\":").append(tally.broken());
        json.append(",\"cancelled\":").append(tally.cancelled());
        json.append(",\"refused\":").append(tally.refused());
        json.append(",\"prompt_tokens\":").append(tally.promptTokens());
        json.append(",\"completion_tokens\":").append(tally.completionTokens());
    }
}
