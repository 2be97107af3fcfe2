package dev.tidemill.core.limit;

import org.jspecify.annotations.Nullable;

/**
 * What one key, one model or one credential has left: requests a minute, tokens a minute, requests at once. Shared by all
 * loops; {@link Admission} takes from it. Comes from {@link Allowances}.
 */
public final class Allowance {
    private final String id;
    private final Allowances home;
    private final Gcra requests;
    private final Gcra tokens;
    private final Concurrency concurrency;
    private volatile Quota quota;

    Allowance(String id, Quota quota, Allowances home, long now) {
        this.id = id;
        this.home = home;
        this.quota = quota;
        this.requests = new Gcra(quota.rpm(), quota.requestBurst(), now);
        this.tokens = new Gcra(quota.tpm(), quota.tokenBurst(), now);
        this.concurrency = new Concurrency(quota.concurrency());
    }

    public String id() {
        return id;
    }

    public Quota quota() {
        return quota;
    }

    /** For {@code x-ratelimit-*-requests}. */
    public Gcra requests() {
        return requests;
    }

    /** For {@code x-ratelimit-*-tokens}. */
    public Gcra tokens() {
        return tokens;
    }

    public Concurrency concurrency() {
        return concurrency;
    }

    synchronized void change(Quota next, long now) {
        if (next.equals(quota)) {
            return;
        }
        requests.change(next.rpm(), next.requestBurst(), now);
        tokens.change(next.tpm(), next.tokenBurst(), now);
        concurrency.change(next.concurrency());
        quota = next;
    }

    boolean has(long rpm, long tpm, long atOnce) {
        Quota now = quota;
        return now.rpm() == rpm && now.tpm() == tpm && now.concurrency() == atOnce;
    }

    /** Takes all three or none; false also when somebody was quicker. */
    boolean take(long now, long cost) {
        if (!concurrency.tryEnter()) {
            return false;
        }
        if (tokens.tryTake(now, cost) == 0) {
            if (requests.tryTake(now, 1) == 0) {
                return true;
            }
            tokens.giveBack(cost);
        }
        concurrency.leave();
        return false;
    }

    void undo(long cost) {
        requests.giveBack(1);
        tokens.giveBack(cost);
        concurrency.leave();
    }

    void settle(long now, long reserved, long used) {
        tokens.settle(now, reserved, used);
    }

    /** Whether nothing would be forgotten if it were made anew. Nobody can enter any more when it says yes. */
    boolean retire(long now) {
        if (!requests.idle(now) || !tokens.idle(now) || !concurrency.retire()) {
            return false;
        }
        if (requests.idle(now) && tokens.idle(now)) {
            return true;
        }
        concurrency.unretire();
        return false;
    }

    /** Itself, or who took its place; null: there is no room for one. */
    @Nullable
    Allowance current(long now) {
        return concurrency.retired() ? home.of(id, quota, now) : this;
    }
}
