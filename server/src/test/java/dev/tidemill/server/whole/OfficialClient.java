package dev.tidemill.server.whole;

import java.time.Duration;

/** A vendor's own Java client, unchanged, as a program uses it for one of the APIs; each question offers a tool. */
interface OfficialClient extends AutoCloseable {
    String QUESTION = "Hello, 世界";
    String TOOL = "weather";

    /** Each API with the client that its vendor gives out for Java. */
    enum Api {
        CHAT,
        RESPONSES,
        MESSAGES,
        GEMINI;

        /** @param retries what the client is told of retries; negative: nothing, so that it does as it comes */
        OfficialClient open(String url, String key, int retries, Duration timeout) {
            return switch (this) {
                case CHAT -> new ChatClient(url, key, retries, timeout);
                case RESPONSES -> new ResponsesClient(url, key, retries, timeout);
                case MESSAGES -> new MessagesClient(url, key, retries, timeout);
                case GEMINI -> new GeminiClient(url, key, retries, timeout);
            };
        }
    }

    /** In one piece. */
    Said ask(String model);

    /** As a stream, read to its end, and put together by the client's own means where it has such. */
    Said stream(String model);

    /** What one of its exceptions tells; null when it is none of an error status. */
    Refused refused(Throwable thrown);

    @Override
    void close();
}
