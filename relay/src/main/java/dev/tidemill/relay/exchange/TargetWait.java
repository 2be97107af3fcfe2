package dev.tidemill.relay.exchange;

import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.health.CredentialHealth;
import dev.tidemill.core.limit.AdmissionQueue;
import dev.tidemill.core.limit.Gate;
import dev.tidemill.core.limit.Priority;
import dev.tidemill.core.limit.Ticket;
import dev.tidemill.core.limit.Ticket.State;
import dev.tidemill.relay.admission.Bounds;
import dev.tidemill.relay.admission.Crossing;
import dev.tidemill.relay.meter.AdmissionMeters;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One exchange's wait for room at any of those of its targets that may be asked but bear no more at present. The line's
 * other threads ask the gate; what it has taken is the exchange's once it has read that its turn has come. A batch repeats
 * its lines by itself and is to learn that there is no room, so they wait a short time, or not at all when it is known.
 */
final class TargetWait implements Gate {
    private final Exchange exchange;
    private final Choice choice;
    private final Bounds bounds;
    private final long targets;
    private final boolean all;
    private final long[] tokens;
    private @Nullable Place place;
    private boolean countedLive;

    // Taken by the gate, read after GRANTED.

    private @Nullable Crossing crossing;
    private int target;
    private int credential;

    private TargetWait(Exchange exchange, long ruledOut) {
        this.exchange = exchange;
        this.choice = exchange.choice();
        this.bounds = exchange.claims().bounds();
        Pin pin = exchange.pin();
        this.targets =
                choice.fitting(exchange.endpoint().protocol(), 0) & ~ruledOut & ~(pin == null ? 0 : pin.elsewhere());
        this.all = Long.bitCount(targets) == choice.size();
        this.tokens = new long[choice.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = exchange.claims().tokens(i);
        }
    }

    /**
     * Joins the line for whichever target can be asked first: also one that is shut at the moment, for it may open.
     *
     * @param ruledOut a bit for each target that is not to be asked
     */
    static TargetWait join(Exchange exchange, long ruledOut, long now) {
        TargetWait wait = new TargetWait(exchange, ruledOut);
        wait.join(now);
        return wait;
    }

    private void join(long now) {
        Claims claims = exchange.claims();
        Priority priority = claims.priority();
        boolean live = exchange.downstream().live();
        AdmissionQueue line = bounds.line();
        boolean known = waitFor(now) != FULL;
        long maxWait = exchange.model().policy().queue().maxWait().toNanos();
        long patience = live
                ? (known ? Math.min(Recovery.LONGEST_PAUSE.toNanos(), maxWait) : maxWait)
                : known && exchange.tries() == null ? 0 : Recovery.SHORT_PAUSE.toNanos();
        String key = exchange.key().id();
        Ticket ticket = line.enqueue(
                all ? key : key + ' ' + Long.toHexString(targets), // of the key's tickets it stops its like alone
                priority,
                this,
                Math.min(patience, exchange.watch().timeLeft()),
                AdmissionQueue.NEVER,
                exchange.home().loop().eventLoop(),
                exchange,
                now);
        Place stands =
                new Place(exchange.home().admissionMeters(), AdmissionMeters.Line.UPSTREAM, priority, line, ticket);
        place = stands;
        claims.stood(stands);
        if (ticket.state() == State.WAITING) {
            countLive(live);
            exchange.home().admissions().upstreams().joined(bounds, targets, now);
        }
    }

    private void countLive(boolean waits) {
        if (waits == countedLive) {
            return;
        }
        countedLive = waits;
        for (long rest = targets; rest != 0; rest &= rest - 1) {
            String provider = choice.at(Long.numberOfTrailingZeros(rest))
                    .target()
                    .provider()
                    .name();
            exchange.home().admissions().upstreams().live(provider, waits ? 1 : -1);
        }
    }

    State state() {
        State state = Objects.requireNonNull(place).state();
        if (state != State.WAITING) {
            countLive(false);
        }
        return state;
    }

    long retryAfterNanos() {
        return Objects.requireNonNull(place).retryAfterNanos();
    }

    /** The target whose room was taken. */
    int target() {
        return target;
    }

    int credential() {
        return credential;
    }

    /** What was taken is the caller's from here on. */
    Crossing take() {
        Crossing taken = Objects.requireNonNull(crossing);
        crossing = null;
        return taken;
    }

    /** Gives up the place, or what was taken and not used. */
    void giveUp(long now) {
        Objects.requireNonNull(place).giveUp(now);
        countLive(false);
        leave(now);
    }

    // The gate

    @Override
    public long tryEnter(long now) {
        long least = FULL;
        for (long rest = targets; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            if (!choice.at(i).open(now, choice.heedless())) {
                long left = choice.at(i).left(now);
                least = left == 0 ? least : Math.min(least, left);
                continue;
            }
            long tried = 0;
            for (int tries = bounds.credentials(i); tries > 0; tries--) {
                int key = exchange.credential(choice.at(i), now, tried);
                if (key == CredentialHealth.NOT_NOW) {
                    break;
                }
                Crossing way = bounds.of(i, key).crossing(tokens[i]);
                long wait = way.passage().tryEnter(now);
                if (wait == 0) {
                    crossing = way;
                    target = i;
                    credential = key;
                    return 0;
                }
                least = Math.min(least, wait);
                tried |= CredentialHealth.bit(key);
            }
        }
        return least;
    }

    @Override
    public long waitFor(long now) {
        Pin pin = exchange.pin();
        long least = FULL;
        for (long rest = targets; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            boolean keyless = choice.at(i).target().provider().keys().isEmpty();
            for (int key = 0; key < bounds.credentials(i); key++) {
                if (pin != null && key != Math.max(pin.credential(), 0)) {
                    continue;
                }
                long aside = choice.at(i).leftWith(keyless ? -1 : key, now);
                long full = bounds.of(i, key).crossing(tokens[i]).passage().waitFor(now);
                least = Math.min(least, Math.max(aside, full));
            }
        }
        return least;
    }

    /** Somebody who could go elsewhere is not held up by one who cannot. */
    @Override
    public boolean own() {
        return !all;
    }

    @Override
    public void leave(long now) {
        Crossing taken = crossing;
        crossing = null;
        if (taken != null) {
            taken.leave(now, 0);
        }
    }
}
