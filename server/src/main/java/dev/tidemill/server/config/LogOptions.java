package dev.tidemill.server.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is written down beside the program's own log on standard error.
 *
 * @param access one line for each exchange; null: none
 * @param accessSize bytes after which a new file is begun
 * @param accessKeep files kept beside the one that is written
 */
public record LogOptions(@Nullable Path access, long accessSize, int accessKeep) {}
