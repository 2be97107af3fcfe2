package dev.tidemill.store.batch;

import dev.tidemill.batch.Ids;
import dev.tidemill.batch.Limits;
import dev.tidemill.batch.file.FilesService;
import dev.tidemill.batch.job.BatchesService;
import dev.tidemill.batch.run.BatchEngine;
import dev.tidemill.batch.run.EngineOptions;
import dev.tidemill.core.key.Key;
import dev.tidemill.relay.line.Lines;
import dev.tidemill.relay.service.Route;
import dev.tidemill.store.DataDirectory;
import dev.tidemill.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** Everything batches need, on a real data directory. */
final class Node implements AutoCloseable {
    static final Key ALICE = key("alice", "org", "one");
    static final Key ALICE_TOO = key("alicetoo", "org", "one");
    static final Key BOB = key("bob", "org", "two");
    static final Limits LIMITS = Limits.DEFAULT;

    final DataDirectory directory;
    final Store store;
    final BatchEngine engine;
    private boolean closed;
    final List<Route> routes = new ArrayList<>();

    Node(Path path, Lines lines, EngineOptions options, InstantSource clock) throws IOException {
        directory = DataDirectory.open(path);
        store = Store.open(directory);
        Ids ids = new Ids(new SecureRandom());
        engine = BatchEngine.start(
                store.batches(),
                store.files(),
                store.blobs(),
                lines,
                (key, model) -> model.startsWith("m"),
                ids,
                options,
                clock);
        routes.addAll(new FilesService(store.files(), store.blobs(), ids, clock, options.limits()).routes());
        routes.addAll(new BatchesService(store.batches(), engine, ids, clock).routes());
    }

    static Node start(Path path, Lines lines) throws IOException {
        return new Node(path, lines, EngineOptions.DEFAULT.withSpareBytes(0), InstantSource.system());
    }

    static Key key(String id, String organization, String project) {
        return new Key(id, id, organization, project, "00".repeat(32), List.of(), 0, 0, 0, Instant.EPOCH, null, null);
    }

    static String line(String customId) {
        return "{\"custom_id\":\"" + customId
                + "\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"m1\",\"messages\":[{\"role\":\"user\",\"content\":\""
                + customId + "\"}]}}";
    }

    static String lines(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(line("id-" + i)).append('\n');
        }
        return text.toString();
    }

    RecordedCall call(Key key, String method, String path, String body) throws IOException {
        return RecordedCall.of(key, method, path, body).through(routes);
    }

    JsonNode get(Key key, String path) throws IOException {
        return call(key, "GET", path, "").json();
    }

    RecordedCall upload(Key key, String filename, String purpose, String content) throws IOException {
        String body = "--B\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n" + purpose
                + "\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + filename
                + "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + content + "\r\n--B--\r\n";
        return multipart(key, body);
    }

    RecordedCall multipart(Key key, String body) throws IOException {
        RecordedCall call = RecordedCall.of(key, "POST", "/v1/files", body);
        call.headers.put("content-type", "multipart/form-data; boundary=B");
        return call.through(routes);
    }

    String file(String content) throws IOException {
        RecordedCall call = upload(ALICE, "in.jsonl", "batch", content);
        if (call.status != 200) {
            throw new AssertionError(call.text());
        }
        return call.json().get("id").stringValue();
    }

    JsonNode batch(String fileId, String window) throws IOException {
        return batchCall(
                        ALICE,
                        "{\"input_file_id\":\"" + fileId
                                + "\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"" + window + "\"}")
                .json();
    }

    RecordedCall batchCall(Key key, String body) throws IOException {
        return call(key, "POST", "/v1/batches", body);
    }

    /** Uploads and starts. */
    String submit(String content) throws IOException {
        return batch(file(content), "24h").get("id").stringValue();
    }

    JsonNode find(String batchId) throws IOException {
        return get(ALICE, "/v1/batches/" + batchId);
    }

    JsonNode awaitEnd(String batchId) throws Exception {
        return await(
                batchId,
                batch -> List.of("completed", "failed", "expired", "cancelled")
                        .contains(batch.get("status").stringValue()));
    }

    JsonNode await(String batchId, Predicate<JsonNode> condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            JsonNode batch = find(batchId);
            if (condition.test(batch)) {
                return batch;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("still " + batch);
            }
            Thread.sleep(5);
        }
    }

    /** The lines of a result file by custom_id, in the order of the file; none if there is no file. */
    Map<String, JsonNode> results(JsonNode batch, String field) throws IOException {
        Map<String, JsonNode> results = new LinkedHashMap<>();
        if (batch.get(field).isNull()) {
            return results;
        }
        String text = call(ALICE, "GET", "/v1/files/" + batch.get(field).stringValue() + "/content", "")
                .text();
        for (String line : text.split("\n")) {
            JsonNode json = RecordedCall.JSON.readTree(line.getBytes(StandardCharsets.UTF_8));
            if (results.put(json.get("custom_id").stringValue(), json) != null) {
                throw new AssertionError("twice in " + field + ": " + line);
            }
        }
        return results;
    }

    Map<String, JsonNode> output(JsonNode batch) throws IOException {
        return results(batch, "output_file_id");
    }

    Map<String, JsonNode> errors(JsonNode batch) throws IOException {
        return results(batch, "error_file_id");
    }

    void close(Duration patience) throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (directory;
                store) {
            engine.close(patience);
        }
    }

    @Override
    public void close() throws IOException {
        close(Duration.ofSeconds(10));
    }
}
