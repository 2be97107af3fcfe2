package dev.tidemill.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
        Reading reading = new Reading(new Origin(file, environment));
        if (file == null) {
            return EnvironmentProviders.read(reading, generation);
        }
        byte[] bytes = bytes(file, reading);
        return bytes == null ? new Outcome.Faults(reading.faults()) : parse(bytes, reading, generation);
    }

    static Outcome parse(byte[] bytes, Reading reading, long generation) {
        Place root = root(bytes, reading);
        return root == null ? new Outcome.Faults(reading.faults()) : Root.read(root, generation);
    }

    /**
     * Where data is kept, for commands that need no more: faults and unset variables elsewhere do not matter to it.
     *
     * @throws IOException when the file is no configuration; the message is for people
     */
    public static Path data(@Nullable Path file, Map<String, String> environment) throws IOException {
        Reading reading = new Reading(new Origin(file, environment));
        byte[] bytes = file == null ? new byte[0] : bytes(file, reading);
        Place root = bytes == null ? null : root(bytes, reading);
        Path data = root == null ? null : Root.data(root);
        if (data == null) {
            throw new IOException(reading.faults().getFirst().toString());
        }
        return data;
    }

    private static byte @Nullable [] bytes(Path file, Reading reading) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MOST_BYTES + 1);
        } catch (IOException e) {
            reading.fault(1, 1, "", "cannot be read (" + e.getClass().getSimpleName() + "; expected: a file)");
            return null;
        }
    }

    private static @Nullable Place root(byte[] bytes, Reading reading) {
        if (bytes.length > MOST_BYTES) {
            reading.fault(1, 1, "", "larger than 1 MiB (expected: at most 1 MiB)");
            return null;
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return YamlText.root(text.startsWith("\uFEFF") ? text.substring(1) : text, reading);
        } catch (CharacterCodingException e) {
            reading.fault(1, 1, "", "no UTF-8 (expected: UTF-8 text)");
            return null;
        }
    }
}
