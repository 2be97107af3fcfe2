package dev.tidemill.bench.caller;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the relay with a key. An {@link IOException} says that nobody knows what happened; {@link Refused} that it did not. */
public final class Caller implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration ANSWER = Duration.ofMinutes(5);
    private static final String BOUNDARY = "----------------tidemill-bench-boundary";

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final URI base;
    private final String key;

    /** @param base without a path, {@code http://127.0.0.1:8080} */
    public Caller(URI base, String key) {
        this.base = base;
        this.key = key;
    }

    /** Uploads a batch's input and returns the file's id; the file is read as it is sent. */
    public String upload(Path file) throws IOException, InterruptedException {
        String head = """
                --%s\r
                Content-Disposition: form-data; name="purpose"\r
                \r
                batch\r
                --%s\r
                Content-Disposition: form-data; name="file"; filename="%s"\r
                Content-Type: application/jsonl\r
                \r
                """.formatted(BOUNDARY, BOUNDARY, file.getFileName());
        String tail = "\r\n--" + BOUNDARY + "--\r\n";
        BodyPublisher body = BodyPublishers.concat(
                BodyPublishers.ofString(head), BodyPublishers.ofFile(file), BodyPublishers.ofString(tail));
        HttpRequest request = request("/v1/files")
                .header("content-type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(body)
                .build();
        return json(request).path("id").asString();
    }

    /** Whether the file is known. */
    public boolean hasFile(String id) throws IOException, InterruptedException {
        try {
            get("/v1/files/" + id);
            return true;
        } catch (Refused refused) {
            if (refused.status() == 404) {
                return false;
            }
            throw refused;
        }
    }

    /** @param mark put into the metadata, so that a batch whose creation was not answered can be found again */
    public BatchState createBatch(String inputFile, String mark) throws IOException, InterruptedException {
        return BatchState.of(post(
                "/v1/batches",
                Map.of(
                        "input_file_id",
                        inputFile,
                        "endpoint",
                        "/v1/chat/completions",
                        "completion_window",
                        "24h",
                        "metadata",
                        Map.of("mark", mark))));
    }

    public BatchState batch(String id) throws IOException, InterruptedException {
        return BatchState.of(get("/v1/batches/" + id));
    }

    /** The newest batches with this mark, of the last hundred. */
    public List<BatchState> marked(String mark) throws IOException, InterruptedException {
        List<BatchState> found = new ArrayList<>();
        for (JsonNode batch : get("/v1/batches?limit=100").path("data")) {
            if (mark.equals(batch.at("/metadata/mark").asString(""))) {
                found.add(BatchState.of(batch));
            }
        }
        return found;
    }

    /** Writes a file's content to {@code to}. */
    public void download(String file, Path to) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer =
                http.send(request("/v1/files/" + file + "/content").GET().build(), BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != 200) {
                throw new Refused(
                        "GET file content",
                        answer.statusCode(),
                        new String(body.readNBytes(2000), StandardCharsets.UTF_8));
            }
            Files.copy(body, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    public JsonNode post(String path, Object body) throws IOException, InterruptedException {
        return json(request(path)
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build());
    }

    public JsonNode get(String path) throws IOException, InterruptedException {
        return json(request(path).GET().build());
    }

    /** The answer's body as it comes; the caller closes it. */
    public InputStream stream(String path, Object body) throws IOException, InterruptedException {
        HttpRequest request = request(path)
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) {
            try (InputStream in = answer.body()) {
                throw new Refused(path, answer.statusCode(), new String(in.readNBytes(2000), StandardCharsets.UTF_8));
            }
        }
        return answer.body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(ANSWER).header("authorization", "Bearer " + key);
    }

    private JsonNode json(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new Refused(request.method() + " " + request.uri().getPath(), answer.statusCode(), answer.body());
        }
        return JSON.readTree(answer.body());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
