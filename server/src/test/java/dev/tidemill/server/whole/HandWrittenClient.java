package dev.tidemill.server.whole;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What people write around an endpoint in an afternoon, and no more forgiving than that: it takes lines that begin with
 * {@code data: }, the first choice of each, and ends at {@code [DONE]}.
 *
 * @param base what it was given as base URL
 */
record HandWrittenClient(HttpClient http, String base, String key) implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    HandWrittenClient(String base, String key) {
        this(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(), base, key);
    }

    /** The text of a streamed answer. */
    String stream(String model) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = http.send(
                request("/chat/completions", Node.chat(model, "Hello", true)),
                HttpResponse.BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) {
            throw new IOException("status " + answer.statusCode());
        }
        StringBuilder text = new StringBuilder();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            for (String line; (line = lines.readLine()) != null; ) {
                if (!line.startsWith("data: ")) {
                    continue;
                }
                String data = line.substring("data: ".length());
                if (data.equals("[DONE]")) {
                    return text.toString();
                }
                JsonNode delta =
                        JSON.readTree(data).required("choices").required(0).required("delta");
                text.append(delta.path("content").asString(""));
            }
        }
        throw new IOException("the stream ended without [DONE]");
    }

    /** The text of an answer in one piece. Reads JSON alone, as some libraries do, whatever the status. */
    String complete(String model) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                request("/chat/completions", Node.chat(model, "Hello", false)), HttpResponse.BodyHandlers.ofString());
        String type = answer.headers().firstValue("content-type").orElse("");
        if (!type.startsWith("application/json")) {
            throw new IOException("unexpected mimetype: " + type);
        }
        if (answer.statusCode() == 429) {
            throw new TurnedAway(
                    Integer.parseInt(answer.headers().firstValue("retry-after").orElse("5")));
        }
        JsonNode json = JSON.readTree(answer.body());
        if (answer.statusCode() != 200) {
            throw new IOException(json.required("error").required("message").asString());
        }
        if (json.required("usage").required("total_tokens").asInt() <= 0) {
            throw new IOException("nothing to pay");
        }
        return json.required("choices")
                .required(0)
                .required("message")
                .required("content")
                .asString();
    }

    /** Whether a key is good, as found by asking for one token. */
    boolean keyIsGood() throws IOException, InterruptedException {
        String body = Node.chat("gpt-test", "Hi", false).replaceFirst("\\{", "{\"max_tokens\":1,");
        return http.send(request("/chat/completions", body), HttpResponse.BodyHandlers.discarding())
                        .statusCode()
                == 200;
    }

    private HttpRequest request(String path, String body) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .header("Bypass-Middleware", "true")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    @Override
    public void close() {
        http.close();
    }

    /** A 429 with seconds as a number. */
    static final class TurnedAway extends IOException {
        private static final long serialVersionUID = 1;

        final int seconds;

        TurnedAway(int seconds) {
            super("429, again in " + seconds + " s");
            this.seconds = seconds;
        }
    }
}
