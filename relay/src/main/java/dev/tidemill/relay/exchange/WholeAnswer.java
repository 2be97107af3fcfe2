package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.limit.TokenEstimate;
import dev.tidemill.relay.exchange.Inflation.Coding;
import dev.tidemill.relay.loop.Blocks;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.dialect.ProviderError;
import dev.tidemill.wire.dialect.Verdict;
import dev.tidemill.wire.http.BodyWalker;
import dev.tidemill.wire.http.HttpException;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * An answer in one piece: held until it is whole, at most {@link #MAX_HELD} bytes, then looked at and sent in one write with
 * its head. One that is larger commits at that point and goes on as it comes; a cut then aborts the connection.
 *
 * <p>A provider's final 4xx or 5xx goes to the caller with status and body, except what is about our own credential (401,
 * 402, 403: 502, text in the log only) and what is no JSON: of a 4xx its status alone is told, the rest is a 502.
 */
final class WholeAnswer implements Answer {
    static final int MAX_HELD = 8 << 20;

    private final Exchange exchange;
    private final Attempt attempt;
    private final AnswerHead head;
    private final Dialect dialect;
    private final @Nullable Inflation inflation;
    private byte[] kept;
    private int length;
    private @Nullable Usage usage;
    private boolean refused;
    private boolean unreadable;
    private @Nullable Duration pause;
    private boolean ready;
    private boolean committed;
    private boolean ended;
    private boolean delivered;
    private boolean released;
    private long bytesOut;

    WholeAnswer(Exchange exchange, Attempt attempt, AnswerHead head) {
        this.exchange = exchange;
        this.attempt = attempt;
        this.head = head;
        this.dialect = exchange.dialect();
        this.inflation = head.coding() == Coding.NONE ? null : new Inflation(head.coding());
        byte[] block = exchange.home().loop().blocks().take(Blocks.SMALL);
        this.kept = block == null ? new byte[0] : block;
        if (block == null) {
            exchange.fail(noMemory());
        }
    }

    @Override
    public void body(BodyWalker walker, byte[] a, int from, int to, @Nullable ByteBuf source, int sourceOffset)
            throws HttpException {
        exchange.watch().progress(true);
        for (int at = from; walker.next(a, at, to); at = walker.position()) {
            if (exchange.failure() != null) {
                return;
            }
            take(a, walker.payloadFrom(), walker.payloadTo());
        }
        if (committed && !exchange.downstream().writable()) {
            attempt.read(false);
        }
    }

    private void take(byte[] a, int from, int to) {
        if (inflation == null) {
            keep(a, from, to);
            return;
        }
        try {
            inflation.inflate(a, from, to, this::keep);
        } catch (DataFormatException e) {
            attempt.failed(
                    failure(Kind.UPSTREAM_UNUSABLE, "upstream_encoding", "sent a compressed answer that cannot be read")
                            .withDetail(e.getMessage()));
        }
    }

    private void keep(byte[] a, int from, int to) {
        if (released) {
            return;
        }
        if (committed) {
            bytesOut += to - from;
            exchange.downstream().send(a, from, to);
            return;
        }
        if (length + to - from > kept.length && !grow(length + to - from)) {
            exchange.fail(noMemory());
            return;
        }
        System.arraycopy(a, from, kept, length, to - from);
        length += to - from;
        if (length > MAX_HELD && !ready) {
            tooLargeToHold();
        }
        if (ready && !committed) {
            attempt.read(false);
        }
    }

    private void tooLargeToHold() {
        if (head.status() >= 300 || !head.json() || exchange.streams()) {
            attempt.failed(failure(
                    Kind.UPSTREAM_UNUSABLE,
                    "upstream_answer_too_large",
                    "answered " + head.status() + " with more than " + MAX_HELD
                            + " bytes of something else than the JSON asked for"));
            return;
        }
        ready = true;
        exchange.resume();
    }

    private boolean grow(int atLeast) {
        byte[] larger = exchange.home().loop().blocks().take(Math.max(atLeast, Math.min(kept.length * 2, MAX_HELD)));
        if (larger == null) {
            return false;
        }
        System.arraycopy(kept, 0, larger, 0, length);
        exchange.home().loop().blocks().give(kept);
        kept = larger;
        return true;
    }

    @Override
    public void ended() {
        if (ended || exchange.failure() != null) {
            return;
        }
        ended = true;
        if (inflation != null && !inflation.whole()) {
            attempt.failed(failure(Kind.UPSTREAM_BROKEN, "upstream_truncated", "ended a compressed answer too early"));
        } else if (committed) {
            close();
        } else {
            conclude();
        }
    }

    /** All of it is here, and nothing has left: an answer, an error that the caller may see, or neither. */
    private void conclude() {
        Failure why = refusal();
        refused = why != null;
        if (why != null && exchange.triesAgain(attempt, why)) {
            return;
        }
        boolean passes = head.status() >= 400 && !unreadable && mayBeTold();
        if (why != null && !(passes && ProviderRefusal.mayBeSeen(head.status(), why))) {
            attempt.outcome().failed(why);
            exchange.fail(ProviderRefusal.told(head.status(), why, attempt.provider()));
            return;
        }
        pause = why == null ? null : why.retryAfter();
        ready = true;
        exchange.resume();
    }

    /** Whether a status can still be told, to somebody who listens. */
    private boolean mayBeTold() {
        return !exchange.opened() && !exchange.gone();
    }

    private @Nullable Failure refusal() {
        int status = head.status();
        Verdict what = dialect.judge(kept, 0, length);
        if (status < 300 && what == Verdict.ANSWER && !exchange.streams()) {
            usage = dialect.usage(kept, 0, length);
            return null;
        }
        unreadable = what == Verdict.BAD;
        if (unreadable && status >= 400 && status < 500) {
            ProviderError error = new ProviderError("", "", "status " + status + " and no JSON", 0, null);
            return ProviderRefusal.failure(status, error, attempt.provider(), head.retryAfter());
        }
        if (unreadable) {
            return failure(
                            head.json() || status >= 500 ? Kind.UPSTREAM_PROTOCOL : Kind.UPSTREAM_UNUSABLE,
                            status < 300 ? "upstream_not_json" : "upstream_error",
                            "answered " + status
                                    + " with a body that is not the JSON object expected; it was not passed on")
                    .withRetryAfter(head.retryAfter())
                    .withDetail("status " + status + ", " + length + " bytes");
        }
        if (status < 300 && what == Verdict.ANSWER) {
            return failure(
                    Kind.UPSTREAM_UNUSABLE,
                    "upstream_not_a_stream",
                    "answered without a stream though one was asked for");
        }
        ProviderError error = dialect.error(kept, 0, length);
        ProviderRefusal.hideSecrets(attempt.provider(), kept, length);
        return ProviderRefusal.failure(status, error, attempt.provider(), head.retryAfter());
    }

    @Override
    public void commit() {
        if (committed) {
            return;
        }
        committed = true;
        if (head.status() < 300) {
            attempt.content();
        }
        if (!ended) {
            exchange.watch().start(Clock.GAP);
        }
        if (exchange.opened()) {
            throw new IllegalStateException("a stream was begun");
        }
        if (head.status() >= 400) {
            exchange.downstream().pause(pause);
        }
        exchange.downstream()
                .commit(
                        ended ? length : head.coding() == Coding.NONE ? head.length() : -1,
                        head.json() ? null : "application/json");
        bytesOut += length;
        exchange.downstream().send(kept, 0, length);
        if (ended) {
            close();
            return; // it leaves once it is recorded
        }
        giveBack();
        attempt.read(exchange.downstream().writable());
        exchange.downstream().flush();
    }

    private void close() {
        exchange.downstream().end();
        delivered = true;
        release();
        exchange.resume();
    }

    private Failure failure(Kind kind, String code, String what) {
        return Failure.of(
                kind,
                code,
                "provider " + attempt.provider().name() + " " + what + ". It may have been billed. Try again");
    }

    private static Failure noMemory() {
        return Failure.overloaded(
                "the relay's memory for bodies is used up. Try again in a moment", Duration.ofSeconds(1));
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public boolean committed() {
        return committed;
    }

    @Override
    public boolean delivered() {
        return delivered;
    }

    @Override
    public boolean whole() {
        return false;
    }

    @Override
    public boolean last() {
        return false;
    }

    @Override
    public boolean toolOpen() {
        return false;
    }

    @Override
    public void release() {
        if (released) {
            return;
        }
        released = true;
        giveBack();
        if (inflation != null) {
            inflation.close();
        }
    }

    private void giveBack() {
        if (kept.length > 0) {
            exchange.home().loop().blocks().give(kept);
            kept = new byte[0];
        }
    }

    @Override
    public int status() {
        return head.status();
    }

    @Override
    public @Nullable String storedId() {
        return head.status() < 300 ? dialect.storedId(kept, 0, length) : null;
    }

    @Override
    public @Nullable Usage usage() {
        return usage;
    }

    @Override
    public long textTokens() {
        return usage == null && exchange.endpoint().generates() ? TokenEstimate.input(Math.max(length, bytesOut)) : 0;
    }

    @Override
    public boolean refused() {
        return refused || head.status() >= 400;
    }

    @Override
    public int droppedEvents() {
        return 0;
    }

    @Override
    public long bytesOut() {
        return bytesOut;
    }
}
