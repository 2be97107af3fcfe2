package dev.tidemill.batch.job;

import org.jspecify.annotations.Nullable;

/**
 * One reason why a batch was refused.
 *
 * @param code stable word for programs
 * @param param the field it is about
 * @param line 1-based physical line of the input file; null: about the file as a whole
 */
public record Fault(
        String code,
        String message,
        @Nullable String param,
        @Nullable Long line) {}
