package dev.tidemill.wire.http;

import static dev.tidemill.wire.http.HttpException.bad;
import static dev.tidemill.wire.http.HttpException.shown;

/** The first line of a message, taken apart (RFC 9112, sections 3 and 4). Offsets are relative to the start of the head. */
final class StartLine {
    static final int MAX_TARGET = 8 * 1024;

    /** A request line may hold a target of the largest size, a method and a version. */
    static final int MAX_LENGTH = MAX_TARGET + 64;

    private static final int MAX_METHOD = 32;
    private static final int VERSION = "HTTP/1.1".length();
    private static final int STATUS = VERSION + " 200".length();

    Method method = Method.OTHER;
    int methodFrom;
    int methodTo;
    int targetFrom;
    int targetTo;
    int hostFrom;
    int hostTo;
    int pathFrom;
    int pathTo;
    int queryFrom;
    int queryTo;
    int minor;
    int status;

    /** Parses the request line a[from,to), its end of line left out. */
    void request(byte[] a, int base, int from, int to) throws HttpException {
        int at = from;
        while (at < to && Octets.token(a[at])) {
            at++;
        }
        if (at == from || at == to || a[at] != ' ') {
            // What stands there may hold a key: only where it went wrong is shown.
            throw bad(
                    "method_invalid",
                    "request line: no method and space in " + (to - from) + " bytes, up to offset " + (at - from)
                            + " (expected: a method, one space, a target, one space, HTTP/1.1)");
        }
        int target = at + 1;
        at = target;
        while (at < to && Octets.target(a[at])) {
            at++;
        }
        if (at - target > MAX_TARGET) {
            throw new HttpException(
                    414,
                    "target_too_long",
                    "request target: " + (at - target) + " bytes (expected: <= " + MAX_TARGET + ")");
        }
        if (at == to) {
            throw new HttpException(
                    505, "version_missing", "request line: ends with its target (expected: one space and HTTP/1.1)");
        }
        if (a[at] != ' ') {
            throw bad(
                    "target_invalid",
                    "request target: " + shown(a[at]) + " at offset " + (at - target)
                            + " (expected: characters of RFC 3986, others percent-encoded)");
        }
        if (at == target) {
            throw bad("target_missing", "request line: two spaces behind the method (expected: one)");
        }
        version(a, at + 1, to);
        if (target - 1 - from > MAX_METHOD) {
            throw new HttpException(
                    501,
                    "method_unknown",
                    "method: " + (target - 1 - from) + " bytes (expected: <= " + MAX_METHOD + ")");
        }
        method = Method.of(a, from, target - 1);
        methodFrom = from - base;
        methodTo = target - 1 - base;
        targetFrom = target - base;
        targetTo = at - base;
        hostFrom = hostTo = targetFrom;
        target(a, base, target, at);
    }

    private void target(byte[] a, int base, int from, int to) throws HttpException {
        int path = from;
        if (method == Method.CONNECT) {
            if (!Authority.valid(a, from, to) || !Authority.port(a, from, to)) {
                throw bad("target_invalid", "target of CONNECT: " + shown(a, from, to) + " (expected: host:port)");
            }
            hostTo = to - base;
            path = to;
        } else if (a[from] != '/') {
            if (to - from == 1 && a[from] == '*') {
                if (method != Method.OPTIONS) {
                    throw bad("target_invalid", "target: * (expected: a path; * is for OPTIONS alone)");
                }
                pathFrom = from - base;
                pathTo = queryFrom = queryTo = to - base;
                return;
            }
            path = authority(a, base, from, to);
        }
        pathFrom = path - base;
        int at = path;
        while (at < to && a[at] != '?') {
            if (a[at] == '[' || a[at] == ']') {
                throw bad(
                        "target_invalid",
                        "path: " + (char) a[at] + " at offset " + (at - path) + " (expected: percent-encoded)");
            }
            percent(a, at, to);
            at++;
        }
        pathTo = at - base;
        queryFrom = Math.min(at + 1, to) - base;
        queryTo = to - base;
        for (; at < to; at++) {
            percent(a, at, to);
        }
    }

    /** The absolute form: steps over {@code http://host:port} and answers where the path starts. */
    private int authority(byte[] a, int base, int from, int to) throws HttpException {
        int host = Octets.startsWith(a, from, to, "http://")
                ? from + 7
                : Octets.startsWith(a, from, to, "https://") ? from + 8 : -1;
        if (host < 0) {
            throw bad(
                    "target_invalid",
                    "request target: " + shown(a, from, Math.min(to, from + 16))
                            + " (expected: a path, or http://host/path)");
        }
        int at = host;
        while (at < to && a[at] != '/' && a[at] != '?') {
            at++;
        }
        if (!Authority.valid(a, host, at)) {
            throw bad(
                    "target_invalid",
                    "authority of the target: " + (at - host)
                            + " bytes that are no host (expected: host or host:port, no user)");
        }
        hostFrom = host - base;
        hostTo = at - base;
        return at;
    }

    private static void percent(byte[] a, int at, int to) throws HttpException {
        if (a[at] == '%' && (at + 2 >= to || Octets.hex(a[at + 1]) < 0 || Octets.hex(a[at + 2]) < 0)) {
            throw bad(
                    "target_invalid",
                    "request target: % with something else behind it (expected: two hexadecimal digits)");
        }
    }

    /** Parses the status line a[from,to), its end of line left out. */
    void response(byte[] a, int from, int to) throws HttpException {
        version(a, from, Math.min(to, from + VERSION));
        int at = from + VERSION + 1;
        if (to - from <= STATUS
                || a[at - 1] != ' '
                || a[at + 3] != ' '
                || !Octets.digit(a[at])
                || !Octets.digit(a[at + 1])
                || !Octets.digit(a[at + 2])) {
            throw bad(
                    "status_line_invalid",
                    "status line: " + shown(a, from, to) + " (expected: HTTP/1.1, one space, three digits, one space)");
        }
        status = (a[at] - '0') * 100 + (a[at + 1] - '0') * 10 + a[at + 2] - '0';
        if (status < 100 || status > 599) {
            throw bad("status_invalid", "status: " + status + " (expected: 100 to 599)");
        }
        for (at = Octets.control(a, at + 4, to); at < to; at = Octets.control(a, at + 1, to)) {
            if (a[at] != Octets.TAB) {
                throw bad("reason_invalid", "reason phrase: " + shown(a[at]) + " (expected: no control characters)");
            }
        }
    }

    private void version(byte[] a, int from, int to) throws HttpException {
        boolean shaped = to - from == VERSION
                && a[from] == 'H'
                && a[from + 1] == 'T'
                && a[from + 2] == 'T'
                && a[from + 3] == 'P'
                && a[from + 4] == '/'
                && Octets.digit(a[from + 5])
                && a[from + 6] == '.'
                && Octets.digit(a[from + 7]);
        if (!shaped) {
            String found = to - from == VERSION ? shown(a, from, to) : (to - from) + " bytes";
            throw bad("version_invalid", "version: " + found + " (expected: HTTP/1.1)");
        }
        minor = a[from + 7] - '0';
        if (a[from + 5] != '1' || minor > 1) {
            throw new HttpException(
                    505, "version_unsupported", "version: " + shown(a, from, to) + " (expected: HTTP/1.1 or HTTP/1.0)");
        }
    }
}
