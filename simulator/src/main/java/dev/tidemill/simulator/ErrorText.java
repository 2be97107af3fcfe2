package dev.tidemill.simulator;

import org.jspecify.annotations.Nullable;

/**
 * What an error says.
 *
 * @param status the status it has, or would have outside a stream
 * @param type the provider's kind of error, or empty for the usual one of the status
 * @param code the provider's code, or null
 * @param message for people
 */
record ErrorText(int status, String type, @Nullable String code, String message) {}
