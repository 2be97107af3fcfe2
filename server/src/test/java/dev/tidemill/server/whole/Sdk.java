package dev.tidemill.server.whole;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import java.time.Duration;

/** OpenAI's own Java client, unchanged but for its retries, which would hide what the first answer was. */
record Sdk(OpenAIClient client) implements AutoCloseable {
    static Sdk of(String baseUrl, String key) {
        return new Sdk(OpenAIOkHttpClient.builder()
                .baseUrl(baseUrl)
                .apiKey(key)
                .maxRetries(0)
                .timeout(Duration.ofSeconds(20))
                .build());
    }

    @Override
    public void close() {
        client.close();
    }
}
