package dev.tidemill.bench;

import java.nio.charset.StandardCharsets;

/**
 * The bytes of the bench: one request of 3 KB per workload, one plain answer of 1.3 KB and a stream of 52 events of about
 * 260 bytes in the shapes of OpenAI's chat completions (role, 48 pieces of text, finish, usage, {@code [DONE]}). ASCII.
 */
public final class Traffic {
    public static final int EVENTS = 52;
    private static final int REQUEST_BYTES = 3 * 1024;
    private static final int ANSWER_BYTES = 1331;
    private static final int EVENT_BYTES = 260;
    private static final String TEXT = "The tide comes in twice a day and the mill grinds with what is left behind. ";

    private Traffic() {}

    /** The request's body; a stream's asks for the usage event, so that relays have no cause to change the request or cut the answer. */
    public static String request(String model, boolean stream) {
        String head = "{\"model\":\"%s\",%s\"temperature\":0.2,\"max_tokens\":512,\"messages\":["
                .formatted(model, stream ? "\"stream\":true,\"stream_options\":{\"include_usage\":true}," : "");
        String system =
                "{\"role\":\"system\",\"content\":\"You answer in one paragraph.\"},{\"role\":\"user\",\"content\":\"";
        return padded(head + system, "\"}]}", REQUEST_BYTES);
    }

    /** A whole chat completion. */
    public static String plainAnswer() {
        return padded(
                "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1790000000,\"model\":\"bench-plain\","
                        + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"",
                "\",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
                        + "\"usage\":{\"prompt_tokens\":612,\"completion_tokens\":214,\"total_tokens\":826,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0}},"
                        + "\"service_tier\":\"default\",\"system_fingerprint\":\"fp_bench\"}",
                ANSWER_BYTES);
    }

    /** All events, each closed by its empty line. */
    public static String stream() {
        return stream(EVENTS - 4);
    }

    /** The same, of as many pieces of text. */
    public static String stream(int pieces) {
        StringBuilder all = new StringBuilder();
        all.append(event("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}", "null"));
        for (int i = 0; i < pieces; i++) {
            all.append(event("{\"content\":\" word%02d\"}".formatted(i % 100), "null"));
        }
        all.append(event("{}", "\"stop\""));
        all.append("data: ")
                .append(CHUNK)
                .append(
                        "\"choices\":[],\"usage\":{\"prompt_tokens\":612,\"completion_tokens\":48,\"total_tokens\":660}}\n\n");
        return all.append("data: [DONE]\n\n").toString();
    }

    private static final String CHUNK =
            "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1790000000,"
                    + "\"model\":\"bench-stream\",";

    private static String event(String delta, String finish) {
        return padded(
                "data: " + CHUNK + "\"choices\":[{\"index\":0,\"delta\":" + delta
                        + ",\"logprobs\":null,\"finish_reason\":" + finish + "}],\"usage\":null,\"obfuscation\":\"",
                "\"}\n\n",
                EVENT_BYTES);
    }

    private static String padded(String before, String after, int bytes) {
        int missing = bytes - before.length() - after.length();
        String text = TEXT.repeat(Math.max(0, missing) / TEXT.length() + 1).substring(0, Math.max(0, missing));
        String whole = before + text + after;
        if (whole.getBytes(StandardCharsets.US_ASCII).length != bytes) {
            throw new IllegalStateException("%d bytes (expected: %d)".formatted(whole.length(), bytes));
        }
        return whole;
    }
}
