package dev.tidemill.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a configuration from where it stands. */
public final class ConfigFile {
    /** What is read when no file is named, if it is there. */
    public static final String USUAL = "tidemill.yaml";

    static final int MOST_BYTES = 1 << 20;

    private ConfigFile() {}

    /** The file that counts: the one named, else {@value #USUAL} in {@code folder} if there; null: the environment. */
    public static @Nullable Path choose(@Nullable Path named, Path folder) {
        if (named != null) {
            return named;
        }
        Path usual = folder.resolve(USUAL);
        return Files.exists(usual) ? usual : null;
    }

    /**
     * Reads, checks everything, and builds.
     *
     * @param file null: providers come from the environment
     */
    public static Outcome load(@Nullable Path file, Map<String, String> environment) {
        return load(file, environment, 1);
    }

    static Outcome load(@Nullable Path file, Map<String, String> environment, long generation) {
        if (file == null) {
            return EnvironmentProviders.read(new Reading("environment", Path.of(""), environment), generation);
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        } catch (IOException e) {
            return unreadable(file, "cannot be read (" + e.getClass().getSimpleName() + "; expected: a file)");
        }
        return parse(bytes, file, environment, generation);
    }

    static Outcome parse(byte[] bytes, Path file, Map<String, String> environment, long generation) {
        if (bytes.length > MOST_BYTES) {
            return unreadable(file, "larger than 1 MiB (expected: at most 1 MiB)");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return unreadable(file, "no UTF-8 (expected: UTF-8 text)");
        }
        Path folder = file.toAbsolutePath().getParent();
        Reading reading = new Reading(file.toString(), folder == null ? Path.of("") : folder, environment);
        Place root = YamlText.root(text.startsWith("\uFEFF") ? text.substring(1) : text, reading);
        return root == null ? new Outcome.Faults(reading.faults()) : Root.read(root, generation);
    }

    private static Outcome unreadable(Path file, String problem) {
        return new Outcome.Faults(List.of(new Fault(file.toString(), 1, 1, "", problem)));
    }
}
