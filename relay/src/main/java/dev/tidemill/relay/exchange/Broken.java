package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.route.Policy.OnBreak;
import dev.tidemill.core.route.Target;
import dev.tidemill.wire.json.Edits;
import dev.tidemill.wire.splice.Speech;
import dev.tidemill.wire.splice.Splice;
import dev.tidemill.wire.splice.Transcript;
import org.jspecify.annotations.Nullable;

/**
 * A stream that broke after some of it had left, and what its client has. Further attempts are put in its place, as the
 * route says: begun anew and compared ({@link OnBreak#RESTART}), or, at targets that can, begun where the client's words
 * end ({@link OnBreak#CONTINUE}).
 */
final class Broken {
    private static final String DIFFERS = "answer_differs";

    private final Transcript transcript;
    private final Failure why;
    private final int status;
    private final long firstContentNanos;
    private boolean goesOn;
    private @Nullable Attempt counted;
    private long bytesOut;
    private int droppedEvents;

    /** @param first the attempt whose answer the client has the beginning of, as much as {@code transcript} tells */
    Broken(Exchange exchange, Attempt first, Transcript transcript, Failure why) {
        this.transcript = transcript;
        this.why = why;
        this.status = first.status();
        this.firstContentNanos = first.firstContentNanos();
        this.goesOn = exchange.model().policy().onBreak() == OnBreak.CONTINUE;
    }

    /** Something to note in what the client gets; null: a break of this exchange's streams is the end. */
    static @Nullable Transcript transcript(Exchange exchange) {
        OnBreak policy = exchange.model().policy().onBreak();
        Speech speech = exchange.dialect().speech();
        boolean wanted = policy == OnBreak.RESTART || policy == OnBreak.CONTINUE;
        boolean may = exchange.asked().choices() == 1 && exchange.downstream().live();
        return wanted && may && speech != null ? new Transcript(speech) : null;
    }

    /** An attempt at this has failed, too: what of it has left counts. */
    void add(Attempt attempt) {
        counted = attempt;
        bytesOut += attempt.bytesOut();
        droppedEvents += attempt.droppedEvents();
    }

    Transcript transcript() {
        return transcript;
    }

    /** How the answer of an attempt is put behind what the client has. */
    Splice splice(Attempt attempt) {
        return attempt.goesOn() ? Splice.goOn(transcript) : Splice.restart(transcript);
    }

    /** What makes the request ask for the rest at this target; null: it is asked for all. */
    @Nullable
    Edits rest(Exchange exchange, Target target) {
        String words = goesOn && target.prefill() ? transcript.openWords() : null;
        Downstream downstream = exchange.downstream();
        return words == null
                ? null
                : transcript.speech().goOn(downstream.body(), downstream.bodyFrom(), downstream.bodyTo(), words);
    }

    /** Whether a failure can come of asking for the rest, as a refusal or an answer of another form; then no one is asked so again. */
    boolean refused(Failure answer) {
        boolean refuses = answer.kind() == Kind.UPSTREAM_REQUEST || isDifference(answer);
        goesOn &= !refuses;
        return refuses;
    }

    /** The failure of an attempt whose answer is another than the client's. */
    Failure differs(Attempt attempt) {
        return Failure.of(
                        Kind.UPSTREAM_BROKEN,
                        DIFFERS,
                        why.message() + ". Provider " + attempt.provider().name()
                                + " was asked again and gave another answer, so this one stays unfinished")
                .withDetail("broken by " + why.code());
    }

    /** Whether it is not the provider that failed: another attempt would as little give the same answer. */
    static boolean isDifference(Failure failure) {
        return failure.code().equals(DIFFERS);
    }

    /** Why the answer that the client has the beginning of broke. */
    Failure why() {
        return why;
    }

    /** Of the answer whose head the client has. */
    int status() {
        return status;
    }

    long firstContentNanos() {
        return firstContentNanos;
    }

    long bytesOut(Attempt present) {
        return bytesOut + (present == counted ? 0 : present.bytesOut());
    }

    int droppedEvents(Attempt present) {
        return droppedEvents + (present == counted ? 0 : present.droppedEvents());
    }
}
