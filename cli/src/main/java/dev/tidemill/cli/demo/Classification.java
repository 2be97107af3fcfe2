package dev.tidemill.cli.demo;

import dev.tidemill.cli.api.Api;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The batch's work: a label for each message. Knows how it is written as requests, and what came of it. */
final class Classification {
    private static final String TASK = "Classify the customer message into one of: "
            + String.join(", ", CustomerMessages.LABELS) + ". Answer with the label alone.";

    private final Map<String, String> messages = new TreeMap<>();
    private final Map<String, String> labels = new HashMap<>();
    private long inputTokens;
    private long outputTokens;

    Classification(int lines, long seed) {
        CustomerMessages from = new CustomerMessages(seed);
        for (int i = 1; i <= lines; i++) {
            messages.put(String.format(Locale.ROOT, "message-%05d", i), from.next());
        }
    }

    void write(Path file, String model) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (Map.Entry<String, String> message : messages.entrySet()) {
                ObjectNode line = Api.JSON.createObjectNode();
                line.put("custom_id", message.getKey()).put("method", "POST").put("url", "/v1/chat/completions");
                ObjectNode body = line.putObject("body").put("model", model).put("max_tokens", 16);
                ArrayNode turns = body.putArray("messages");
                turns.addObject().put("role", "system").put("content", TASK);
                turns.addObject().put("role", "user").put("content", message.getValue());
                out.write(line.toString());
                out.write('\n');
            }
        }
    }

    void read(Path results) throws IOException {
        try (BufferedReader in = Files.newBufferedReader(results)) {
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                JsonNode line = Api.JSON.readTree(text);
                JsonNode body = line.path("response").path("body");
                String said = body.path("choices")
                        .path(0)
                        .path("message")
                        .path("content")
                        .asString("");
                labels.put(line.path("custom_id").asString(""), label(said));
                inputTokens += body.path("usage").path("prompt_tokens").asLong(0);
                outputTokens += body.path("usage").path("completion_tokens").asLong(0);
            }
        }
    }

    private static String label(String said) {
        String lower = said.toLowerCase(Locale.ROOT);
        return CustomerMessages.LABELS.stream()
                .filter(lower::contains)
                .findFirst()
                .orElse("other");
    }

    int lines() {
        return messages.size();
    }

    int answered() {
        return labels.size();
    }

    Bill bill() {
        return new Bill(inputTokens, outputTokens);
    }

    /** {@code billing 170, delivery 165, …} */
    String counts() {
        List<String> counts = new ArrayList<>();
        for (String label : CustomerMessages.LABELS) {
            counts.add(label + " " + count(label));
        }
        long other = count("other");
        if (other > 0) {
            counts.add("other " + other);
        }
        return String.join(", ", counts);
    }

    private long count(String label) {
        return labels.values().stream().filter(label::equals).count();
    }

    /** The first answers of different labels. */
    List<String> samples(int most) {
        Map<String, String> samples = new TreeMap<>();
        for (Map.Entry<String, String> message : messages.entrySet()) {
            String label = labels.get(message.getKey());
            if (label != null && samples.size() < most) {
                samples.putIfAbsent(label, message.getValue());
            }
        }
        return samples.entrySet().stream()
                .map(sample -> String.format(Locale.ROOT, "%-10s %s", sample.getKey(), sample.getValue()))
                .toList();
    }
}
