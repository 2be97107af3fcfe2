package dev.tidemill.relay.downstream;

import dev.tidemill.relay.exchange.Credential;
import dev.tidemill.relay.service.Percent;
import dev.tidemill.wire.http.Head;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds the key in a request's head: {@code Authorization: Bearer}, {@code x-api-key}, {@code x-goog-api-key} or {@code
 * ?key=}, each on every path. Several are fine when they are the same.
 */
final class Credentials {
    private static final byte[] BEARER = "bearer".getBytes(StandardCharsets.US_ASCII);

    private Credentials() {}

    static Credential find(Head head, Credential into) {
        into.none();
        byte[] a = head.bytes();
        for (int i = 0; i < head.count(); i++) {
            int from = head.valueFrom(i);
            int to = head.valueTo(i);
            switch (head.known(i)) {
                case AUTHORIZATION -> from = afterBearer(a, from, to);
                case X_API_KEY, X_GOOG_API_KEY -> {}
                default -> from = to;
            }
            if (from < to && !add(into, a, from, to)) {
                return into.conflict();
            }
        }
        if (head.queryFrom() < head.queryTo()) {
            for (String key : Percent.parameters(head.query(), "key")) {
                byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
                if (bytes.length > 0 && !add(into, bytes, 0, bytes.length)) {
                    return into.conflict();
                }
            }
        }
        return into;
    }

    private static boolean add(Credential into, byte[] a, int from, int to) {
        if (into.kind() == Credential.Kind.NONE) {
            into.presented(a, from, to);
            return true;
        }
        return Arrays.equals(into.bytes(), into.from(), into.to(), a, from, to);
    }

    /** Another scheme than Bearer shows a key, too, only not one of ours; Bearer without anything behind it shows none. */
    private static int afterBearer(byte[] a, int from, int to) {
        if (to - from < BEARER.length) {
            return from;
        }
        for (int i = 0; i < BEARER.length; i++) {
            if ((a[from + i] | 0x20) != (BEARER[i] | 0x20)) {
                return from;
            }
        }
        int at = from + BEARER.length;
        if (at < to && a[at] != ' ') {
            return from;
        }
        while (at < to && a[at] == ' ') {
            at++;
        }
        return at;
    }
}
