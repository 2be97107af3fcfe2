package dev.tidemill.batch.file;

import dev.tidemill.batch.JsonText;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Files as OpenAI's clients read them: all required properties of File and of its list. */
final class FileJson {
    private FileJson() {}

    static byte[] of(StoredFile file) {
        return JsonText.of(json -> write(json, file));
    }

    static byte[] list(List<StoredFile> files, boolean more) {
        return JsonText.of(json -> {
            json.writeStartObject();
            json.writeStringProperty("object", "list");
            json.writeArrayPropertyStart("data");
            files.forEach(file -> write(json, file));
            json.writeEndArray();
            JsonText.text(
                    json, "first_id", files.isEmpty() ? null : files.getFirst().id());
            JsonText.text(
                    json, "last_id", files.isEmpty() ? null : files.getLast().id());
            json.writeBooleanProperty("has_more", more);
            json.writeEndObject();
        });
    }

    static byte[] deleted(String id) {
        return JsonText.of(json -> {
            json.writeStartObject();
            json.writeStringProperty("id", id);
            json.writeStringProperty("object", "file");
            json.writeBooleanProperty("deleted", true);
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, StoredFile file) {
        json.writeStartObject();
        json.writeStringProperty("id", file.id());
        json.writeStringProperty("object", "file");
        json.writeNumberProperty("bytes", file.bytes());
        json.writeNumberProperty("created_at", file.created().getEpochSecond());
        JsonText.seconds(json, "expires_at", file.expires());
        json.writeStringProperty("filename", file.filename());
        json.writeStringProperty("purpose", file.purpose().word());
        json.writeStringProperty("status", "processed");
        json.writeNullProperty("status_details");
        json.writeEndObject();
    }
}
