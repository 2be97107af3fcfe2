package dev.tidemill.core.health;

import dev.tidemill.core.route.Rendezvous;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Which of a provider's keys may be used for one of its models: in turn over the good ones, or by affinity where the provider
 * caches for each account. A key whose limit is reached is left out until its time, for this model alone, since providers
 * limit each model by itself; one that was refused is taken out for all, and tried by one attempt every five minutes until it
 * works. One instance goes with one list of keys; what is known of a key outlives the list.
 */
public final class CredentialHealth {
    /** The provider has no keys: none is sent. */
    public static final int NOT_NEEDED = -1;

    /** There are keys, and none may be used now. */
    public static final int NOT_NOW = -2;

    private final ProviderKeys keys;
    private final Credential[] credentials;
    private final String model;
    /** Whether the key of the same index is let alone for this model. */
    private final Parking[] parked;

    private final AtomicInteger turn;

    CredentialHealth(ProviderKeys keys, TargetHealth target) {
        this.keys = keys;
        this.credentials = keys.credentials;
        this.model = target.model();
        this.parked = keys.fingerprints.stream().map(target::parkingOf).toArray(Parking[]::new);
        this.turn = new AtomicInteger(keys.first.getAndIncrement());
    }

    /** Whether one may be used or tried; takes nothing. */
    public boolean available(long now) {
        return left(now) == 0;
    }

    /** How long until one may be used or tried, 0: now. */
    public long left(long now) {
        long least = credentials.length == 0 ? 0 : Long.MAX_VALUE;
        for (int i = 0; i < credentials.length && least > 0; i++) {
            least = Math.min(least, leftOf(i, now));
        }
        return least;
    }

    /** Whether all are taken out, so that somebody has to do something. */
    public boolean out() {
        for (Credential credential : credentials) {
            if (credential.out.state() == null) {
                return false;
            }
        }
        return credentials.length > 0;
    }

    /**
     * The key for one attempt, which is to {@link #take} it once it has room there.
     *
     * @param affinity the same number gets the same key for as long as that is good, and then the next nearest; 0: in turn
     * @param excluded the {@link #bit} of each key that is not wanted
     * @return its index, {@link #NOT_NEEDED} or {@link #NOT_NOW}
     */
    public int choose(long now, long affinity, long excluded) {
        int count = credentials.length;
        if (count == 0) {
            return NOT_NEEDED;
        }
        int due = due(now, excluded);
        if (due >= 0) {
            return due;
        }
        if (count == 1) {
            return good(0, now, excluded) ? 0 : NOT_NOW;
        }
        return affinity == 0 ? inTurn(now, excluded) : nearest(now, affinity, excluded);
    }

    /**
     * This key and no other, for what is stored under its account.
     *
     * @return the index, or {@link #NOT_NOW}
     */
    public int chooseThis(int index, long now) {
        return leftOf(index, now) == 0 ? index : NOT_NOW;
    }

    /** Whether the attempt may use the key it chose: of one that is taken out, one in five minutes may. */
    public boolean take(int index, long now) {
        return index < 0 || credentials[index].out.take(now);
    }

    /** A key in a set of them; 0, so that it is in none: there is no key, or it is none of the first {@value Long#SIZE}. */
    public static long bit(int index) {
        return index >= 0 && index < Long.SIZE ? 1L << index : 0;
    }

    /** How long until this key may be used or tried, 0: now, or there is none. */
    public long leftOf(int index, long now) {
        return index < 0 ? 0 : Math.max(parked[index].left(now), credentials[index].out.left(now));
    }

    /** What a key is known by; empty for {@link #NOT_NEEDED}. */
    public String fingerprint(int index) {
        return index < 0 ? "" : keys.fingerprints.get(index);
    }

    /** The key with this fingerprint: its index, {@link #NOT_NEEDED} when there are none and none was; null: it is gone. */
    public @Nullable Integer indexOf(String fingerprint) {
        if (fingerprint.isEmpty()) {
            return credentials.length == 0 ? NOT_NEEDED : null;
        }
        int index = keys.fingerprints.indexOf(fingerprint);
        return index < 0 ? null : index;
    }

    /** The one that is taken out and whose time for a try has come. */
    private int due(long now, long excluded) {
        for (int i = 0; i < credentials.length; i++) {
            if (credentials[i].out.state() != null && leftOf(i, now) == 0 && (excluded & bit(i)) == 0) {
                return i;
            }
        }
        return NOT_NOW;
    }

    private boolean good(int index, long now, long excluded) {
        return (excluded & bit(index)) == 0 && credentials[index].out.state() == null && parked[index].at(now) == null;
    }

    private int inTurn(long now, long excluded) {
        int count = credentials.length;
        int ticket = turn.getAndIncrement() & Integer.MAX_VALUE;
        if (good(ticket % count, now, excluded)) {
            return ticket % count;
        }
        int good = 0;
        for (int i = 0; i < count; i++) {
            good += good(i, now, excluded) ? 1 : 0;
        }
        int skip = good == 0 ? 0 : ticket / count % good; // the turns of the bad go round the good ones
        for (int i = 0; i < count; i++) {
            if (good(i, now, excluded) && skip-- == 0) {
                return i;
            }
        }
        return NOT_NOW;
    }

    private int nearest(long now, long affinity, long excluded) {
        int best = NOT_NOW;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < credentials.length; i++) {
            double distance = Rendezvous.distance(affinity, credentials[i].place, 1);
            if (distance < least && good(i, now, excluded)) {
                least = distance;
                best = i;
            }
        }
        return best;
    }

    /** It was accepted. */
    public void worked(int index) {
        if (index >= 0 && credentials[index].out.open()) {
            credentials[index].shown.change(State.HEALTHY, "accepted again");
        }
    }

    /** It was refused (401, 402, 403): taken out. */
    public void refused(int index, long now, String code) {
        if (index >= 0) {
            credentials[index].out.shut(now, "refused: " + code);
            credentials[index].shown.change(State.OUT, "refused: " + code);
        }
    }

    /** Its limit is reached: let alone with this model for this long (Retry-After), at most a minute. */
    public void limited(int index, long now, long nanos, String code) {
        if (index >= 0) {
            parked[index].until(now, nanos, code);
            credentials[index].limited(now, nanos, "limited with " + model + ": " + code);
        }
    }
}
