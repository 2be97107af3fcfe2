package dev.tidemill.batch.job;

import dev.tidemill.batch.JsonText;
import dev.tidemill.wire.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Batches as OpenAI's clients read them, every property present, {@code null} where there is no value; and ours beside
 * them: {@code progress}, {@code error}, {@code paused_reason}, {@code lines_possibly_charged_twice}, {@code
 * lines_without_usage}.
 */
final class BatchJson {
    private BatchJson() {}

    static byte[] of(Batch batch, @Nullable String pausedReason) {
        return JsonText.of(json -> write(json, batch, pausedReason));
    }

    static byte[] list(List<Batch> batches, boolean more, BatchEvents events) {
        return JsonText.of(json -> {
            json.writeStartObject();
            json.writeStringProperty("object", "list");
            json.writeArrayPropertyStart("data");
            batches.forEach(batch -> write(json, batch, events.pausedReason(batch.number())));
            json.writeEndArray();
            JsonText.text(
                    json,
                    "first_id",
                    batches.isEmpty() ? null : batches.getFirst().id());
            JsonText.text(
                    json,
                    "last_id",
                    batches.isEmpty() ? null : batches.getLast().id());
            json.writeBooleanProperty("has_more", more);
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, Batch batch, @Nullable String pausedReason) {
        Stamps stamps = batch.stamps();
        json.writeStartObject();
        json.writeStringProperty("id", batch.id());
        json.writeStringProperty("object", "batch");
        json.writeStringProperty("endpoint", batch.endpoint());
        JsonText.text(json, "model", batch.model());
        errors(json, batch.faults());
        JsonText.text(json, "error", error(batch));
        json.writeStringProperty("input_file_id", batch.inputFileId());
        json.writeStringProperty("completion_window", batch.window());
        json.writeStringProperty("status", batch.status().word());
        json.writeNumberProperty("progress", batch.progress());
        JsonText.text(json, "paused_reason", batch.status().ended() ? null : pausedReason);
        JsonText.text(json, "output_file_id", batch.outputFileId());
        JsonText.text(json, "error_file_id", batch.errorFileId());
        JsonText.seconds(json, "created_at", stamps.created());
        JsonText.seconds(json, "in_progress_at", stamps.inProgress());
        JsonText.seconds(json, "expires_at", stamps.expires());
        JsonText.seconds(json, "finalizing_at", stamps.finalizing());
        JsonText.seconds(json, "completed_at", stamps.completed());
        JsonText.seconds(json, "failed_at", stamps.failed());
        JsonText.seconds(json, "expired_at", stamps.expired());
        JsonText.seconds(json, "cancelling_at", stamps.cancelling());
        JsonText.seconds(json, "cancelled_at", stamps.cancelled());
        json.writeObjectPropertyStart("request_counts");
        json.writeNumberProperty("total", batch.tally().total());
        json.writeNumberProperty("completed", batch.tally().completed());
        json.writeNumberProperty("failed", batch.tally().failed());
        json.writeEndObject();
        usage(json, batch.tally().usage());
        json.writeNumberProperty("lines_without_usage", batch.tally().withoutUsage());
        json.writeNumberProperty("lines_possibly_charged_twice", batch.tally().possiblyChargedTwice());
        metadata(json, batch);
        json.writeEndObject();
    }

    private static void errors(JsonGenerator json, List<Fault> faults) {
        if (faults.isEmpty()) {
            json.writeNullProperty("errors");
            return;
        }
        json.writeObjectPropertyStart("errors");
        json.writeStringProperty("object", "list");
        json.writeArrayPropertyStart("data");
        for (Fault fault : faults) {
            json.writeStartObject();
            json.writeStringProperty("code", fault.code());
            json.writeStringProperty("message", fault.message());
            JsonText.text(json, "param", fault.param());
            if (fault.line() == null) {
                json.writeNullProperty("line");
            } else {
                json.writeNumberProperty("line", fault.line());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** One sentence for people who look no further. */
    private static @Nullable String error(Batch batch) {
        if (batch.faults().isEmpty()) {
            return null;
        }
        Fault first = batch.faults().getFirst();
        String where = first.line() == null ? "" : "line " + first.line() + ": ";
        int more = batch.faults().size() - 1;
        return "The input file was refused: " + where + first.message() + (more == 0 ? "" : " (and " + more + " more)");
    }

    private static void usage(JsonGenerator json, Usage usage) {
        if (usage.total() == 0) {
            json.writeNullProperty("usage");
            return;
        }
        json.writeObjectPropertyStart("usage");
        json.writeNumberProperty("input_tokens", usage.input());
        json.writeObjectPropertyStart("input_tokens_details");
        json.writeNumberProperty("cached_tokens", usage.cacheRead());
        json.writeEndObject();
        json.writeNumberProperty("output_tokens", usage.output());
        json.writeObjectPropertyStart("output_tokens_details");
        json.writeNumberProperty("reasoning_tokens", usage.reasoning());
        json.writeEndObject();
        json.writeNumberProperty("total_tokens", usage.total());
        json.writeEndObject();
    }

    private static void metadata(JsonGenerator json, Batch batch) {
        if (batch.metadata().isEmpty()) {
            json.writeNullProperty("metadata");
            return;
        }
        json.writeObjectPropertyStart("metadata");
        batch.metadata().forEach(json::writeStringProperty);
        json.writeEndObject();
    }
}
