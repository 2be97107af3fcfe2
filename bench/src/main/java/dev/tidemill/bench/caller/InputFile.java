package dev.tidemill.bench.caller;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A batch's input: lines {@code PREFIX-000000} upwards, all chat completions of one model.
 *
 * @param lineBytes length of each line without its end; 0: as short as it can be
 */
public record InputFile(Path path, String prefix, int lines, String model, int lineBytes) {
    private static final String FILLER = "The tide comes in twice a day and the mill grinds with what is left behind. ";

    public InputFile write() throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(path, StandardCharsets.US_ASCII)) {
            for (int i = 0; i < lines; i++) {
                out.write(line(i));
                out.write('\n');
            }
        }
        return this;
    }

    public String customId(int line) {
        return "%s-%06d".formatted(prefix, line);
    }

    private String line(int line) {
        String head = """
                {"custom_id":"%1$s","method":"POST","url":"/v1/chat/completions",\
                "body":{"model":"%2$s","messages":[{"role":"user","content":"%1$s: \
                """.formatted(customId(line), model);
        String tail = "\"}]}}";
        int missing = Math.max(0, lineBytes - head.length() - tail.length());
        return head + FILLER.repeat(missing / FILLER.length() + 1).substring(0, missing) + tail;
    }
}
