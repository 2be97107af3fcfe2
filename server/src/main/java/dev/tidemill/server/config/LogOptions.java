package dev.tidemill.server.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is written down beside the program's own log on standard error.
 *
 * @param access the file that gets one line for each exchange; null: none
 */
public record LogOptions(@Nullable Path access) {}
