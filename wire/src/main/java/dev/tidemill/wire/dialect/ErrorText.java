package dev.tidemill.wire.dialect;

import org.jspecify.annotations.Nullable;

/**
 * An error of ours, to be said in a dialect.
 *
 * @param status of HTTP
 * @param type OpenAI's word for the kind of error; other dialects have theirs by status
 * @param param the request's field it is about
 * @param code stable word for programs
 * @param message for people: the value, what was expected, what to do
 * @param requestId ours
 */
public record ErrorText(
        int status, String type, @Nullable String param, String code, String message, String requestId) {}
