package dev.tidemill.core.limit;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One exchange's (or attempt's) way through one or two allowances: all of their limits or none. Made with the exchange
 * and used once: {@link #tryEnter} until it says 0, {@link #settle} when the tokens are known, {@link #leave} at the end,
 * on every way out. A second settle or leave does nothing. Touched by one thread at a time: the exchange's loop, or the
 * queue while the exchange stands in line.
 *
 * <p>All limits are looked at before one is touched. So a refusal costs the others nothing, and its wait is the longest
 * of all waits.
 */
public final class Admission implements Gate {
    private @Nullable Allowance own;
    private @Nullable Allowance shared;
    private final long reserved;
    private boolean entered;
    private boolean settled;
    private @Nullable Cause cause;
    private @Nullable Allowance by;

    /**
     * @param own the key's; its refusals hold up nobody else in line; null: the key has none
     * @param shared what it shares with others, a model's for example; null: nothing
     * @param tokens the estimate, {@link TokenEstimate}
     */
    public Admission(@Nullable Allowance own, @Nullable Allowance shared, long tokens) {
        this.own = own;
        this.shared = shared;
        this.reserved = Math.max(0, tokens);
    }

    @Override
    public long tryEnter(long now) {
        while (!entered) {
            long wait = look(now);
            if (wait != 0) {
                return wait;
            }
            Allowance key = own;
            Allowance others = shared;
            if (key == null || key.take(now, reserved)) {
                if (others == null || others.take(now, reserved)) {
                    entered = true;
                } else if (key != null) {
                    key.undo(reserved);
                }
            }
        }
        return 0;
    }

    @Override
    public long waitFor(long now) {
        return entered ? 0 : look(now);
    }

    private long look(long now) {
        cause = null;
        by = null;
        Allowance key = own == null ? null : own.current(now);
        Allowance others = shared == null ? null : shared.current(now);
        if ((own != null && key == null) || (shared != null && others == null)) {
            cause = Cause.ROOM;
            by = key == null && own != null ? own : shared;
            return Rate.MINUTE / 60;
        }
        own = key;
        shared = others;
        long wait = key == null ? 0 : look(key, now, 0);
        return others == null ? wait : look(others, now, wait);
    }

    /** The longer wait; what is later in the list wins only by being longer. */
    private long look(Allowance allowance, long now, long longest) {
        long wait = allowance.requests().waitFor(now, 1);
        if (wait > longest) {
            longest = refused(allowance, Cause.REQUESTS, wait);
        }
        wait = allowance.tokens().waitFor(now, reserved);
        if (wait > longest) {
            longest = refused(allowance, Cause.TOKENS, wait);
        }
        if (longest != FULL
                && allowance.concurrency().full()
                && !allowance.concurrency().retired()) {
            longest = refused(allowance, Cause.CONCURRENCY, FULL);
        }
        return longest;
    }

    private long refused(Allowance allowance, Cause why, long wait) {
        by = allowance;
        cause = why;
        return wait;
    }

    /** True while the shared allowance would let somebody else in. */
    @Override
    public boolean own() {
        return by != null && by == own;
    }

    /**
     * Trues the estimate up: what was used beyond it is owed, what was not is given back. Before {@link #leave}. Without
     * it the estimate stays taken; when nothing was sent, settle 0.
     */
    public void settle(long now, long used) {
        if (!entered || settled) {
            return;
        }
        settled = true;
        if (own != null) {
            own.settle(now, reserved, Math.max(0, used));
        }
        if (shared != null) {
            shared.settle(now, reserved, Math.max(0, used));
        }
    }

    /** Gives the permits back. Whoever stands in line is to be told: {@link AdmissionQueue#advance}. */
    @Override
    public void leave(long now) {
        if (!entered) {
            return;
        }
        entered = false;
        settled = true;
        if (own != null) {
            own.concurrency().leave();
        }
        if (shared != null) {
            shared.concurrency().leave();
        }
    }

    public boolean entered() {
        return entered;
    }

    public long reserved() {
        return reserved;
    }

    /** Why the last try was refused; null: it was not. */
    public @Nullable Cause cause() {
        return cause;
    }

    /** Whose limit refused the last try. */
    public Allowance refusedBy() {
        return Objects.requireNonNull(by, "nothing was refused");
    }
}
