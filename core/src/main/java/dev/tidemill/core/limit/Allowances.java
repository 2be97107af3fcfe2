package dev.tidemill.core.limit;

import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Allowances by name: one of these for keys, one for models, one for credentials. Bounded: when full, those that are as
 * if new (nobody in, nothing owed) make room, so nothing is forgotten. Finding one takes no lock and allocates nothing.
 */
public final class Allowances {
    private static final int LOOKED_AT = 1024;
    private static final int MADE_ROOM = 64;

    private final int capacity;
    private final ConcurrentHashMap<String, Allowance> byId = new ConcurrentHashMap<>();
    private final ReentrantLock changing = new ReentrantLock();
    private @Nullable Iterator<Allowance> hand;

    /** @param capacity how many are kept, at least 1 */
    public Allowances(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: >= 1)");
        }
        this.capacity = capacity;
    }

    /**
     * The allowance of this name, made if need be. Numbers other than those in force replace them at once and what was
     * taken stays taken.
     *
     * @return null: all places are taken by allowances in use; the request is to be refused as overload
     */
    public @Nullable Allowance of(String id, long rpm, long tpm, long concurrency, long now) {
        Allowance known = byId.get(id);
        if (known != null && known.has(rpm, tpm, concurrency)) {
            return known;
        }
        return of(id, new Quota(rpm, tpm, concurrency), now);
    }

    public @Nullable Allowance of(String id, Quota quota, long now) {
        Allowance known = byId.get(id);
        if (known != null && !known.concurrency().retired()) {
            known.change(quota, now);
            return known;
        }
        changing.lock();
        try {
            known = byId.get(id);
            if (known != null) {
                known.change(quota, now);
                return known;
            }
            if (byId.size() >= capacity && !makeRoom(now)) {
                return null;
            }
            Allowance made = new Allowance(id, quota, this, now);
            byId.put(id, made);
            return made;
        } finally {
            changing.unlock();
        }
    }

    /**
     * Puts exactly these in force, for names that are configured. Numbers count at once, and what was taken stays taken;
     * a name that is not among them has no limits any more, and goes when nobody is in and nothing is owed.
     */
    public void configure(Map<String, Quota> quotas, long now) {
        changing.lock();
        try {
            for (Allowance known : byId.values()) {
                if (!quotas.containsKey(known.id())) {
                    known.change(Quota.NONE, now); // also for whoever stands in line with it and asks for its successor
                    if (known.retire(now)) {
                        byId.remove(known.id(), known);
                    }
                }
            }
            quotas.forEach((id, quota) -> of(id, quota, now));
        } finally {
            changing.unlock();
        }
    }

    /** A known one, unchanged; null: nobody asked for it lately. */
    public @Nullable Allowance find(String id) {
        return byId.get(id);
    }

    public int size() {
        return byId.size();
    }

    private boolean makeRoom(long now) {
        int made = 0;
        for (int i = 0; i < LOOKED_AT && made < MADE_ROOM; i++) {
            Iterator<Allowance> at = hand;
            if (at == null || !at.hasNext()) {
                at = byId.values().iterator();
                hand = at;
                if (!at.hasNext()) {
                    break;
                }
            }
            Allowance next = at.next();
            if (byId.get(next.id()) == next && next.retire(now)) {
                byId.remove(next.id(), next);
                made++;
            }
        }
        return byId.size() < capacity;
    }
}
