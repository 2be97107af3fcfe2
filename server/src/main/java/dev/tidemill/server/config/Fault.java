package dev.tidemill.server.config;

/**
 * Something wrong in a configuration, for the person who wrote it. Never holds the value of a secret.
 *
 * @param source the file's name as given, or {@code environment}
 * @param line from 1
 * @param column from 1
 * @param path of the option, as {@code models.gpt-4o-mini.targets[0].provider}; empty: the whole file
 * @param problem the value, and in brackets what was expected
 */
public record Fault(String source, int line, int column, String path, String problem) {
    @Override
    public String toString() {
        return source + ":" + line + ":" + column + ": " + (path.isEmpty() ? "" : path + ": ") + problem;
    }
}
