package dev.tidemill.wire.http;

/**
 * A host with or without port, as in {@code Host} and in a target's absolute form: a name, an IPv4 address, or an IPv6 address in brackets. Stricter
 * than RFC 3986: no user, no percent-encoding, no delimiters in names.
 */
final class Authority {
    private static final int MAX_LENGTH = 255 + ":65535".length();

    private Authority() {}

    static boolean valid(byte[] a, int from, int to) {
        if (to - from > MAX_LENGTH) {
            return false;
        }
        int end = hostEnd(a, from, to);
        if (end < 0) {
            return false;
        }
        if (end == to) {
            return true;
        }
        if (a[end] != ':' || to - end > 6) {
            return false;
        }
        int port = 0;
        for (int i = end + 1; i < to; i++) {
            if (!Octets.digit(a[i])) {
                return false;
            }
            port = port * 10 + a[i] - '0';
        }
        return port <= 65535;
    }

    /** Whether a valid authority names a port. */
    static boolean port(byte[] a, int from, int to) {
        int end = hostEnd(a, from, to);
        return end >= 0 && end + 1 < to;
    }

    /** The offset behind the host, or -1 when there is none. */
    private static int hostEnd(byte[] a, int from, int to) {
        int at = from;
        if (at < to && a[at] == '[') {
            at++;
            while (at < to && (Octets.hex(a[at]) >= 0 || a[at] == ':' || a[at] == '.')) {
                at++;
            }
            return at < to && a[at] == ']' && at - from > 2 ? at + 1 : -1;
        }
        while (at < to && Octets.hostName(a[at])) {
            at++;
        }
        return at > from ? at : -1;
    }
}
