package dev.tidemill.relay.meter;

import dev.tidemill.core.Failure;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that came to nothing, in the access log.
 *
 * @param target {@code provider/model}
 * @param kind the class, in lower case, as metrics have it
 * @param clock which ran out, as in the configuration; null: none
 * @param sent whether the request had gone out, so that the provider may have charged
 * @param nanos from its beginning to its failure
 * @param spent what it cost all the same; null: nothing
 */
public record FailedTry(
        String target,
        String kind,
        String code,
        @Nullable String clock,
        boolean sent,
        long nanos,
        @Nullable Spent spent) {
    private static final String TIMEOUT = "timeout_";

    public static FailedTry of(String target, Failure failure, boolean sent, long nanos, @Nullable Spent spent) {
        String code = failure.code();
        boolean timeout = failure.kind() == Failure.Kind.UPSTREAM_TIMEOUT && code.startsWith(TIMEOUT);
        return new FailedTry(
                target,
                failure.kind().word(),
                code,
                timeout ? code.substring(TIMEOUT.length()) : null,
                sent,
                nanos,
                spent);
    }
}
