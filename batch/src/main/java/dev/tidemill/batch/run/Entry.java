package dev.tidemill.batch.run;

import dev.tidemill.batch.JsonText;
import dev.tidemill.batch.Queries;
import dev.tidemill.batch.job.Ending;
import dev.tidemill.relay.line.LineAnswer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A line of an output or error file, as OpenAI's batches write it: {@code id, custom_id, response {status_code, request_id,
 * body}, error}. The {@code custom_id} is the input's own bytes, and the body the provider's, but for line feeds between
 * its tokens, which become spaces.
 */
final class Entry {
    private Entry() {}

    /**
     * For a line that was answered, with success or not.
     *
     * @param lineId unique, safe in JSON as it is
     * @param customId the JSON string with its quotes
     */
    static byte[] answered(String lineId, byte[] customId, LineAnswer answer) {
        boolean json = Outcome.first(answer.body()) != null;
        boolean lie = answer.status() >= 200 && answer.status() < 300 && !Outcome.isObject(answer.body());
        ByteArrayOutputStream entry = start(lineId, customId, answer.body().length + 256);
        ascii(entry, "\"response\":{\"status_code\":" + (lie ? 502 : answer.status()) + ",\"request_id\":");
        entry.writeBytes(JsonText.of(out -> out.writeString(answer.requestId())));
        ascii(entry, ",\"body\":");
        if (json && !lie) {
            oneLine(entry, answer.body());
        } else {
            entry.writeBytes(notJson(answer));
        }
        ascii(entry, "},\"error\":null}\n");
        return entry.toByteArray();
    }

    /** For a line that has no answer because its batch ended. */
    static byte[] unanswered(String lineId, byte[] customId, Ending ending) {
        ByteArrayOutputStream entry = start(lineId, customId, 256);
        ascii(entry, "\"response\":null,\"error\":");
        ascii(
                entry,
                switch (ending) {
                    case EXPIRED ->
                        "{\"code\":\"batch_expired\",\"message\":\"This request could not be executed before the "
                                + "completion window expired.\"}";
                    case CANCELLED ->
                        "{\"code\":\"batch_cancelled\",\"message\":\"This request was not executed because the batch was "
                                + "cancelled.\"}";
                    case COMPLETED -> throw new IllegalStateException("a completed batch has a result for each line");
                });
        ascii(entry, "}\n");
        return entry.toByteArray();
    }

    private static ByteArrayOutputStream start(String lineId, byte[] customId, int size) {
        ByteArrayOutputStream entry = new ByteArrayOutputStream(size + customId.length);
        ascii(entry, "{\"id\":\"" + lineId + "\",\"custom_id\":");
        entry.writeBytes(customId);
        entry.write(',');
        return entry;
    }

    /** In valid JSON a raw line feed stands only between tokens. */
    private static void oneLine(ByteArrayOutputStream entry, byte[] body) {
        int from = 0;
        for (int i = 0; i < body.length; i++) {
            if (body[i] == '\n' || body[i] == '\r') {
                entry.write(body, from, i - from);
                entry.write(' ');
                from = i + 1;
            }
        }
        entry.write(body, from, body.length - from);
    }

    private static byte[] notJson(LineAnswer answer) {
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        return JsonText.of(json -> {
            json.writeStartObject();
            json.writeObjectPropertyStart("error");
            json.writeStringProperty(
                    "message",
                    "The provider answered with status " + answer.status() + " and no JSON object: "
                            + Queries.shown(text));
            json.writeStringProperty("type", "upstream_error");
            json.writeNullProperty("param");
            json.writeStringProperty("code", "upstream_protocol");
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static void ascii(ByteArrayOutputStream entry, String text) {
        entry.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
