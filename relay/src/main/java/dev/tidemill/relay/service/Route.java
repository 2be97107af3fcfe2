package dev.tidemill.relay.service;

/**
 * Where a service answers.
 *
 * @param method upper case; GET answers HEAD too
 * @param pattern a path whose segments may be {@code {name}}, as {@code /v1/files/{id}/content}
 * @param open whether it answers without a key
 * @param maxBody bytes of request body accepted, more is 413
 */
public record Route(String method, String pattern, boolean open, long maxBody, Service service) {
    public static Route of(String method, String pattern, Service service) {
        return new Route(method, pattern, false, 1 << 20, service);
    }

    public static Route open(String method, String pattern, Service service) {
        return new Route(method, pattern, true, 1 << 20, service);
    }

    public Route withMaxBody(long bytes) {
        return new Route(method, pattern, open, bytes, service);
    }
}
