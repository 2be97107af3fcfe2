package dev.tidemill.wire.http;

import java.util.List;

/**
 * What a reader made of one message of a connection.
 *
 * @param start method and target, or the status, as it came
 * @param fields {@code name: value} in order
 * @param body as far as it was read
 * @param complete whether its end was reached
 */
record Message(String start, int minorVersion, List<String> fields, String body, boolean complete) {}
