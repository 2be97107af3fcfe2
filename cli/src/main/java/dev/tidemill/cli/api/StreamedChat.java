package dev.tidemill.cli.api;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.wire.sse.SseException;
import dev.tidemill.wire.sse.SseReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One streamed answer, measured as its reader sees it.
 *
 * @param text all of it
 * @param ttftNanos from the request to the first content
 * @param lastNanos from the request to the last content
 * @param inputTokens as the provider counted, 0: not told
 * @param outputTokens as the provider counted, else the pieces that came
 */
public record StreamedChat(String text, long ttftNanos, long lastNanos, long inputTokens, long outputTokens) {
    /**
     * @param show gets each piece of text as it comes
     * @throws CommandFailed also when the stream ends before its end
     */
    public static StreamedChat run(Api api, String model, String prompt, Consumer<String> show)
            throws CommandFailed, InterruptedException {
        ObjectNode body = Api.JSON.createObjectNode().put("model", model).put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        body.putArray("messages").addObject().put("role", "user").put("content", prompt);
        long start = System.nanoTime();
        try (InputStream in = api.stream("/v1/chat/completions", body)) {
            return new Listener(start, show).listen(in);
        } catch (IOException e) {
            throw new CommandFailed("the stream broke: " + e.getMessage());
        } catch (SseException | JacksonException e) {
            throw new CommandFailed("the stream is not what was expected: " + e.getMessage());
        }
    }

    /** After the first token, as the first one's wait is told apart; 0 when all came at once. */
    public double tokensPerSecond() {
        long span = lastNanos - ttftNanos;
        return span <= 0 || outputTokens < 2 ? 0 : (outputTokens - 1) * 1e9 / span;
    }

    public String summary() {
        return String.format(
                Locale.ROOT,
                "first token after %.2f s, %d tokens, %.1f tokens/s",
                ttftNanos / 1e9,
                outputTokens,
                tokensPerSecond());
    }

    private static final class Listener {
        private final long start;
        private final Consumer<String> show;
        private final StringBuilder text = new StringBuilder();
        private long first;
        private long last;
        private long pieces;
        private long inputTokens;
        private long outputTokens;
        private boolean ended;

        Listener(long start, Consumer<String> show) {
            this.start = start;
            this.show = show;
        }

        StreamedChat listen(InputStream in) throws IOException, SseException, CommandFailed {
            SseReader reader = new SseReader(SseReader.DEFAULT_MAX_EVENT_BYTES);
            byte[] buffer = new byte[16 << 10];
            for (int count = in.read(buffer); count >= 0 && !ended; count = in.read(buffer)) {
                reader.feed(buffer, 0, count);
                while (reader.next()) {
                    if (reader.hasData()) {
                        event(new String(
                                reader.data(),
                                reader.dataFrom(),
                                reader.dataTo() - reader.dataFrom(),
                                StandardCharsets.UTF_8));
                    }
                }
            }
            if (!ended) {
                throw new CommandFailed("the stream broke: it ended without [DONE] after " + pieces + " pieces");
            }
            return new StreamedChat(
                    text.toString(), first, last, inputTokens, outputTokens == 0 ? pieces : outputTokens);
        }

        private void event(String data) throws CommandFailed {
            if (data.equals("[DONE]")) {
                ended = true;
                return;
            }
            JsonNode json = Api.JSON.readTree(data);
            if (json.hasNonNull("error")) {
                throw new CommandFailed("the stream broke: "
                        + json.path("error").path("message").asString("no reason given"));
            }
            JsonNode usage = json.path("usage");
            if (usage.isObject()) {
                inputTokens = usage.path("prompt_tokens").asLong(0);
                outputTokens = usage.path("completion_tokens").asLong(0);
            }
            JsonNode delta = json.path("choices").path(0).path("delta");
            String content = delta.path("content").asString("");
            if (content.isEmpty()
                    && delta.path("reasoning_content").asString("").isEmpty()) {
                return;
            }
            last = System.nanoTime() - start;
            first = pieces == 0 ? last : first;
            pieces++;
            text.append(content);
            show.accept(content);
        }
    }
}
