package dev.tidemill.simulator.gemini;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.Json;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.Usage;
import org.jspecify.annotations.Nullable;

/** One {@code GenerateContentResponse}: the whole answer, or a piece of a stream. */
final class Chunk {
    private final Ask ask;
    private final Said said;

    Chunk(Ask ask, Said said) {
        this.ask = ask;
        this.said = said;
    }

    /**
     * As JSON.
     *
     * @param parts of each candidate, with commas between; null: the prompt was blocked, and there is no candidate
     * @param end why it ends, or null when it goes on
     * @param usage so far
     */
    String json(@Nullable String parts, Said.@Nullable End end, Usage usage) {
        StringBuilder json = new StringBuilder(400).append('{');
        if (parts == null) {
            json.append("\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"}");
        } else {
            json.append("\"candidates\":[");
            for (int i = 0; i < ask.choices(); i++) {
                json.append(i == 0 ? "" : ",")
                        .append("{\"content\":{\"parts\":[")
                        .append(parts);
                json.append("],\"role\":\"model\"}");
                if (end != null) {
                    json.append(",\"finishReason\":\"").append(reason(end)).append('"');
                }
                json.append(",\"index\":").append(i).append('}');
            }
            json.append(']');
        }
        usage(json, usage);
        json.append(",\"modelVersion\":").append(Json.quoted(said.model()));
        return json.append(",\"responseId\":\"")
                .append(said.id(""))
                .append("\"}")
                .toString();
    }

    /** Every part of an answer that is not streamed. */
    static String allParts(Ask ask, Said said) {
        StringBuilder parts = new StringBuilder();
        if (!said.reasoning().isEmpty()) {
            parts.append(text(said.thoughts(), true, null)).append(',');
        }
        if (!said.preface().isEmpty()) {
            parts.append(text(said.prefaceText(), false, null)).append(',');
        }
        boolean signed = !said.reasoning().isEmpty();
        if (said.calls() == 0) {
            return parts.append(text(said.text(), false, signed ? signature(said) : null))
                    .toString();
        }
        for (int call = 0; call < said.calls(); call++) {
            parts.append(call == 0 ? "" : ",").append(call(ask, said, call));
        }
        return parts.toString();
    }

    static String text(String words, boolean thought, @Nullable String signature) {
        return "{\"text\":" + Json.quoted(words) + (thought ? ",\"thought\":true" : "")
                + (signature == null ? "" : ",\"thoughtSignature\":\"" + signature + "\"") + "}";
    }

    /** A call with its arguments as an object; of several, only the first carries the signature. */
    static String call(Ask ask, Said said, int call) {
        String signature =
                said.reasoning().isEmpty() || call > 0 ? "" : ",\"thoughtSignature\":\"" + signature(said) + "\"";
        return "{\"functionCall\":{\"name\":" + Json.quoted(ask.toolName()) + ",\"args\":" + said.arguments() + "}"
                + signature + "}";
    }

    static String signature(Said said) {
        return "c2lt" + Integer.toHexString(said.thoughts().hashCode()) + "dGhvdWdodA==";
    }

    /** Calls end with STOP as well. */
    private static String reason(Said.End end) {
        return switch (end) {
            case STOP, CALLS -> "STOP";
            case LENGTH -> "MAX_TOKENS";
            case REFUSED -> "SAFETY";
            case FAILED -> "OTHER";
        };
    }

    /** Candidates' tokens are told without thoughts, and only once there are some. */
    private void usage(StringBuilder json, Usage usage) {
        if (said.form() == Usage.Form.MISSING) {
            return;
        }
        json.append(",\"usageMetadata\":{\"promptTokenCount\":").append(usage.prompt());
        if (usage.answer() != 0) {
            json.append(",\"candidatesTokenCount\":").append(usage.answer());
        }
        json.append(",\"totalTokenCount\":").append(usage.total());
        json.append(",\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":");
        json.append(usage.prompt()).append("}]");
        if (usage.reasoning() > 0) {
            json.append(",\"thoughtsTokenCount\":").append(usage.reasoning());
        }
        json.append('}');
    }
}
