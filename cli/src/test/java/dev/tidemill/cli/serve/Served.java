package dev.tidemill.cli.serve;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A running relay as anybody with an HTTP client meets it. */
record Served(String url, String admin) {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static HttpRequest.Builder request(String url, String key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30));
        return key == null ? request : request.header("Authorization", "Bearer " + key);
    }

    HttpResponse<String> get(String path, String key) throws IOException, InterruptedException {
        return HTTP.send(request(url + path, key).GET().build(), BodyHandlers.ofString());
    }

    HttpResponse<String> getAdmin(String path, String token) throws IOException, InterruptedException {
        return HTTP.send(request(admin + path, token).GET().build(), BodyHandlers.ofString());
    }

    private HttpRequest ask(String key, String model, boolean stream) {
        String body = "{\"model\":\"%s\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"
                .formatted(model, stream);
        return request(url + "/v1/chat/completions", key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    /** An answer in one piece. */
    HttpResponse<String> complete(String key, String model) throws IOException, InterruptedException {
        return HTTP.send(ask(key, model, false), BodyHandlers.ofString());
    }

    /** A whole streamed answer. */
    HttpResponse<String> stream(String key, String model) throws IOException, InterruptedException {
        return HTTP.send(ask(key, model, true), BodyHandlers.ofString());
    }

    /** A stream whose first event is here. */
    Running begin(String key, String model) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = HTTP.send(ask(key, model, true), BodyHandlers.ofInputStream());
        BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
        return new Running(answer, lines, String.valueOf(lines.readLine()));
    }

    /** A stream that is under way. */
    record Running(HttpResponse<InputStream> answer, BufferedReader lines, String first) implements AutoCloseable {
        String target() {
            return answer.headers().firstValue("x-tidemill-target").orElse("");
        }

        /** What is still to come, to the end. */
        String rest() throws IOException {
            StringBuilder rest = new StringBuilder();
            for (String line; (line = lines.readLine()) != null; ) {
                rest.append(line).append('\n');
            }
            return rest.toString();
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }
}
