package dev.tidemill.bench.proof;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A streamed chat completion as a strict client reads it.
 *
 * @param usage total tokens, null when no event told them
 * @param ends how many {@code [DONE]} came; anything after the first counts as {@code after}
 */
record StreamedChat(
        String text, @Nullable String finish, @Nullable JsonNode usage, int ends, int after) {
    static StreamedChat read(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        String finish = null;
        JsonNode usage = null;
        int ends = 0;
        int after = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("data: ")) {
                    continue;
                }
                String data = line.substring(6);
                after += ends > 0 ? 1 : 0;
                if ("[DONE]".equals(data)) {
                    ends++;
                    continue;
                }
                JsonNode event = JsonMapper.shared().readTree(data);
                text.append(event.at("/choices/0/delta/content").asString(""));
                JsonNode reason = event.at("/choices/0/finish_reason");
                finish = reason.isString() ? reason.stringValue() : finish;
                usage = event.path("usage").isObject() ? event.path("usage") : usage;
            }
        }
        return new StreamedChat(text.toString(), finish, usage, ends, after);
    }
}
