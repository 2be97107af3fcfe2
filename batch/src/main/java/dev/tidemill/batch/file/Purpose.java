package dev.tidemill.batch.file;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a file is for, in OpenAI's words. Not all of them may be uploaded. */
public enum Purpose {
    ASSISTANTS("assistants", true),
    BATCH("batch", true),
    FINE_TUNE("fine-tune", true),
    VISION("vision", true),
    USER_DATA("user_data", true),
    EVALS("evals", true),
    BATCH_OUTPUT("batch_output", false);

    private final String word;
    private final boolean uploadable;

    Purpose(String word, boolean uploadable) {
        this.word = word;
        this.uploadable = uploadable;
    }

    public String word() {
        return word;
    }

    public boolean uploadable() {
        return uploadable;
    }

    public static @Nullable Purpose of(String word) {
        for (Purpose purpose : values()) {
            if (purpose.word.equals(word)) {
                return purpose;
            }
        }
        return null;
    }

    static List<String> uploadableWords() {
        return Arrays.stream(values())
                .filter(Purpose::uploadable)
                .map(Purpose::word)
                .toList();
    }
}
