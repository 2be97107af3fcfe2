package dev.tidemill.simulator.relayed;

import dev.tidemill.simulator.protocol.Json;
import java.util.Locale;

/** An API as a client asks in it. */
public enum Api {
    CHAT("/v1"),
    RESPONSES("/v1"),
    MESSAGES("/v1"),
    GEMINI("/v1beta");

    private static final String PROMPT = "Does it turn?";
    private static final String PARAMETERS =
            "{\"type\":\"object\",\"properties\":{\"wheel\":{\"type\":\"string\"},\"speed\":{\"type\":\"string\"}}}";

    private final String version;

    Api(String version) {
        this.version = version;
    }

    /** The path that a provider's base URL ends with. */
    public String version() {
        return version;
    }

    /** Where a client asks for an answer of this kind. */
    public String path(String model, boolean stream) {
        return switch (this) {
            case CHAT -> "/v1/chat/completions";
            case RESPONSES -> "/v1/responses";
            case MESSAGES -> "/v1/messages";
            case GEMINI -> "/v1beta/models/" + model + (stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
        };
    }

    /** The shortest body that asks. */
    public String body(String model, boolean stream) {
        return body(model, stream, Setup.PLAIN);
    }

    /**
     * The body that asks.
     *
     * @param padding characters added to the prompt
     * @param tool whether there is a function to be called
     */
    public String body(String model, boolean stream, int padding, boolean tool) {
        return body(model, stream, new Setup(Way.OPEN, Setup.Retries.NONE, padding, 1, tool, true, true));
    }

    /** The body that asks. Responses are not to be stored, since they would leave only once that is on record. */
    String body(String model, boolean stream, Setup setup) {
        boolean tool = setup.tool();
        String prompt = Json.quoted(PROMPT + "x".repeat(setup.padding()));
        String head = "{\"model\":" + Json.quoted(model) + ",\"stream\":" + stream;
        String name = "\"name\":\"turn\",";
        return switch (this) {
            case CHAT ->
                head + ",\"messages\":[{\"role\":\"user\",\"content\":" + prompt + "}]"
                        + (stream && setup.usage() ? ",\"stream_options\":{\"include_usage\":true}" : "")
                        + (tool
                                ? ",\"tools\":[{\"type\":\"function\",\"function\":{" + name + "\"parameters\":"
                                        + PARAMETERS + "}}]"
                                : "")
                        + "}";
            case RESPONSES ->
                head + ",\"store\":false,\"input\":" + prompt
                        + (tool
                                ? ",\"tools\":[{\"type\":\"function\"," + name + "\"parameters\":" + PARAMETERS + "}]"
                                : "")
                        + "}";
            case MESSAGES ->
                head + ",\"max_tokens\":1000,\"messages\":[{\"role\":\"user\",\"content\":" + prompt + "}]"
                        + (tool ? ",\"tools\":[{" + name + "\"input_schema\":" + PARAMETERS + "}]" : "") + "}";
            case GEMINI ->
                "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":" + prompt + "}]}]"
                        + (tool
                                ? ",\"tools\":[{\"functionDeclarations\":[{" + name + "\"parameters\":" + PARAMETERS
                                        + "}]}]"
                                : "")
                        + "}";
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
