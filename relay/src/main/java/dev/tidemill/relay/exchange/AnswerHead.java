package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.relay.exchange.Inflation.Coding;
import dev.tidemill.wire.http.Framing;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.Header;
import dev.tidemill.wire.ratelimit.RetryAfter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a provider's answer head says, as far as it outlives the read it came in.
 *
 * @param events whether the body is an event stream
 * @param json whether it says to be JSON
 * @param chunked whether its frames could be passed on
 * @param length of the body in bytes, -1 when not stated
 * @param retryAfter the pause that the provider asks for, null: none
 * @param failure set when the answer is of no use
 */
record AnswerHead(
        int status,
        boolean events,
        boolean json,
        boolean chunked,
        long length,
        Coding coding,
        @Nullable Duration retryAfter,
        @Nullable Failure failure) {

    static AnswerHead read(Head head, String provider, boolean streamAsked, Endpoint endpoint) {
        boolean known = head.status() != 529 || endpoint.protocol() == Protocol.ANTHROPIC; // only its clients know 529
        int status = known ? head.status() : 503;
        int type = head.find(Header.CONTENT_TYPE);
        int encoding = head.find(Header.CONTENT_ENCODING);
        Coding coding = encoding < 0 ? Coding.NONE : Coding.of(head.value(encoding));
        boolean json = type >= 0 && head.valueStarts(type, "application/json");
        boolean array = endpoint == Endpoint.STREAM_GENERATE_ARRAY;
        boolean events = array ? json : type >= 0 && head.valueStarts(type, "text/event-stream");
        Failure failure = coding == null
                ? unreadable(provider, head.value(encoding))
                : events && status < 300 && !streamAsked ? unasked(provider) : refusal(head, provider);
        return new AnswerHead(
                status,
                events,
                json,
                head.framing() == Framing.CHUNKED,
                head.framing() == Framing.LENGTH ? head.contentLength() : -1,
                coding == null ? Coding.NONE : coding,
                pause(head),
                failure);
    }

    private static @Nullable Duration pause(Head head) {
        return head.status() >= 400 ? RetryAfter.wished(head, System.currentTimeMillis()) : null;
    }

    private static Failure unasked(String provider) {
        return Failure.of(
                Kind.UPSTREAM_UNUSABLE,
                "upstream_not_json",
                "provider " + provider + " answered with a stream though none was asked for. Try again");
    }

    private static @Nullable Failure refusal(Head head, String provider) {
        int status = head.status();
        if (status >= 300 && status < 400) {
            return Failure.of(
                            Kind.UPSTREAM_UNUSABLE,
                            "upstream_redirect",
                            "provider " + provider + " answered with a redirect, which is never followed because the"
                                    + " credential would go with it. The operator should check its base_url")
                    .withDetail("status " + status);
        }
        if (status == 204 || status == 205) {
            return Failure.of(
                    Kind.UPSTREAM_PROTOCOL,
                    "upstream_empty_answer",
                    "provider " + provider + " answered " + status + " without a body. Try again");
        }
        return null;
    }

    private static Failure unreadable(String provider, String coding) {
        return Failure.of(
                        Kind.UPSTREAM_UNUSABLE,
                        "upstream_encoding",
                        "provider " + provider
                                + " sent a compressed answer that cannot be read (expected: identity, gzip"
                                + " or deflate). Try again")
                .withDetail("content-encoding " + coding);
    }
}
