package dev.tidemill.server.whole;

/**
 * What a vendor's client tells of an error status.
 *
 * @param code null where the protocol has none
 * @param retryAfter null without the header, or where the client hides it
 */
record Refused(int status, String code, String words, String retryAfter) {}
