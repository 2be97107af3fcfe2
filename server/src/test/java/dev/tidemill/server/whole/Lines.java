package dev.tidemill.server.whole;

import java.util.function.IntFunction;

/** Batch input as JSONL. */
final class Lines {
    private Lines() {}

    /** @param model of line i */
    static String of(int count, IntFunction<String> model) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append(line("line-" + i, model.apply(i), "Say " + i)).append('\n');
        }
        return lines.toString();
    }

    static String of(int count, String model) {
        return of(count, i -> model);
    }

    static String line(String customId, String model, String prompt) {
        return "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":%s}"
                .formatted(customId, Node.chat(model, prompt, false));
    }
}
