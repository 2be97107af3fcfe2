package dev.tidemill.relay.line;

/**
 * @param keyId whose rights and account the line runs under
 * @param path the endpoint, as {@code /v1/chat/completions}
 * @param body JSON; not to be changed afterwards
 * @param idempotencyKey the same for every try of this line
 */
public record LineRequest(String keyId, String path, byte[] body, String idempotencyKey) {}
