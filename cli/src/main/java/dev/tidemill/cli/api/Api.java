package dev.tidemill.cli.api;

import dev.tidemill.cli.CommandFailed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One relay, called as any of its clients would. Every answer that is not a success becomes a {@link CommandFailed}. */
public final class Api implements AutoCloseable {
    public static final JsonMapper JSON = JsonMapper.builder().build();

    private static final int MOST_ERROR = 64 << 10;
    private static final int MOST_JSON = 64 << 20;

    private final URI base;
    private final @Nullable String token;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    /** @param token sent as {@code Authorization: Bearer} */
    public Api(URI base, String token) {
        this.base = base;
        this.token = token;
    }

    public JsonNode get(String path) throws CommandFailed, InterruptedException {
        return json(request(path).GET());
    }

    public JsonNode post(String path, @Nullable JsonNode body) throws CommandFailed, InterruptedException {
        BodyPublisher publisher =
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
        return json(request(path).header("Content-Type", "application/json").POST(publisher));
    }

    public JsonNode delete(String path) throws CommandFailed, InterruptedException {
        return json(request(path).DELETE());
    }

    /**
     * Uploads a file from disk, never whole in memory.
     *
     * @param sent told the bytes of the request that have left, now and then
     */
    public JsonNode upload(Path file, String purpose, LongConsumer sent) throws CommandFailed, InterruptedException {
        String boundary = "tidemill-" + UUID.randomUUID();
        String name = String.valueOf(file.getFileName()).replaceAll("[\"\\r\\n\\\\]", "_");
        String head =
                "--" + boundary + "\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n" + purpose + "\r\n--"
                        + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name
                        + "\"\r\nContent-Type: application/jsonl\r\n\r\n";
        BodyPublisher body;
        try {
            body = BodyPublishers.concat(
                    BodyPublishers.ofString(head),
                    BodyPublishers.ofFile(file),
                    BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
        } catch (IOException e) {
            throw new CommandFailed(file + ": cannot be read (" + e.getClass().getSimpleName() + ")");
        }
        return json(request("/v1/files")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(new CountingBody(body, sent)));
    }

    /** Copies an answer's body, whole or not at all said to be done. */
    public void download(String path, OutputStream to) throws CommandFailed, InterruptedException, IOException {
        try (InputStream in = open(request(path).GET()).body()) {
            in.transferTo(to);
        }
    }

    /** Starts a streamed answer; the caller closes it. */
    InputStream stream(String path, JsonNode body) throws CommandFailed, InterruptedException {
        return open(request(path)
                        .header("Content-Type", "application/json")
                        .header("Accept", "text/event-stream")
                        .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))))
                .body();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private JsonNode json(HttpRequest.Builder request) throws CommandFailed, InterruptedException {
        try (InputStream in = open(request).body()) {
            return JSON.readTree(in.readNBytes(MOST_JSON));
        } catch (IOException | JacksonException e) {
            throw new CommandFailed(base + ": the answer cannot be read (" + e.getMessage() + ")");
        }
    }

    private HttpResponse<InputStream> open(HttpRequest.Builder request) throws CommandFailed, InterruptedException {
        HttpResponse<InputStream> answer;
        try {
            answer = http.send(request.build(), BodyHandlers.ofInputStream());
        } catch (ConnectException e) {
            throw new Unreachable(base);
        } catch (IOException e) {
            throw new CommandFailed(base + ": " + e.getClass().getSimpleName() + ": " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw CommandFailed.usage("the key (expected: printable ASCII)");
        }
        if (answer.statusCode() / 100 == 2) {
            return answer;
        }
        try (InputStream in = answer.body()) {
            throw new CommandFailed(failure(answer.statusCode(), in.readNBytes(MOST_ERROR)));
        } catch (IOException e) {
            throw new CommandFailed(base + ": status " + answer.statusCode());
        }
    }

    private String failure(int status, byte[] body) {
        String message;
        try {
            message = JSON.readTree(body).path("error").path("message").asString("");
        } catch (JacksonException e) {
            message = "";
        }
        if (message.isEmpty()) {
            String text = new String(body, StandardCharsets.UTF_8);
            message = text.length() > 300 ? text.substring(0, 300) + "…" : text;
        }
        return base + " answered " + status + ": " + message;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
