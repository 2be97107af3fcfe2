package dev.tidemill.wire.dialect;

import dev.tidemill.wire.Usage;
import dev.tidemill.wire.splice.Speech;
import org.jspecify.annotations.Nullable;

/**
 * One API as far as a relay has to understand it: how to read a request, what each event of an answer means, whether an
 * answer is whole, what it cost, and how an error is written. Everything else goes through as it came.
 *
 * <p>Stateless and shared by all threads; what must be remembered is in the {@link RequestReader} of a thread and the
 * {@link AnswerStream} of an answer. All offsets are into the arrays given.
 */
public interface Dialect {
    /** A reader of request bodies, to be used over and over by one thread. */
    RequestReader requestReader();

    /** Takes a streamed body of this API apart. */
    EventReader eventReader();

    /**
     * Watches one streamed answer.
     *
     * @param choices how many answers in one were asked for
     */
    AnswerStream answerStream(int choices);

    /** Where its events have words, so that a second answer can go on from a broken one; null: that cannot be. */
    default @Nullable Speech speech() {
        return null;
    }

    /** Whether {@code a[from, to)}, the value of {@code tools}, holds one that the provider runs; see {@link HostedTools}. */
    boolean hostedTools(byte[] a, int from, int to);

    /** What the body of an answer with a 2xx status turns out to be. */
    Verdict judge(byte[] a, int from, int to);

    /** What a whole answer says it cost; null: it does not say, or nothing that can be believed. */
    @Nullable
    Usage usage(byte[] a, int from, int to);

    /**
     * The id under which the provider keeps this answer, of which at least the beginning is there; null: it does not say
     * one.
     */
    default @Nullable String storedId(byte[] a, int from, int to) {
        return null;
    }

    /** What a provider says in an error body; what cannot be read is an error without words. */
    ProviderError error(byte[] a, int from, int to);

    /** An error of ours as the body of an answer, in JSON. */
    byte[] errorBody(ErrorText error);
}
