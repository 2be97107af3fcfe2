package dev.tidemill.relay.exchange;

import dev.tidemill.core.choice.Candidate;
import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.health.CredentialHealth;
import dev.tidemill.relay.admission.Bounds;
import dev.tidemill.relay.admission.Crossing;
import org.jspecify.annotations.Nullable;

/** One pass over the targets: by health, priority, weight and load, and by what they bear. */
final class Choosing {
    private final Exchange exchange;
    private final long now;
    private final boolean inTurn;
    private long full;

    /** @param inTurn whether those who wait for room already are not to be overtaken */
    Choosing(Exchange exchange, long now, boolean inTurn) {
        this.exchange = exchange;
        this.now = now;
        this.inTurn = inTurn;
    }

    /** A bit for each target that could be asked but bears no more, of those looked at. */
    long full() {
        return full;
    }

    /** Begins an attempt at one of the targets that are not excluded; null: none may be asked now. */
    @Nullable
    Attempt begin(long excluded) {
        Choice choice = exchange.choice();
        Pin pin = exchange.pin();
        long without = excluded | full | (pin == null ? 0 : pin.elsewhere());
        while (true) {
            long ticket = begin(exchange, now, without);
            if (ticket == 0) {
                return null;
            }
            Attempt begun = enter(choice.of(ticket), ticket);
            if (begun != null) {
                return begun;
            }
            choice.of(ticket).health().dropped(ticket, now);
            without |= 1L << Choice.index(ticket);
        }
    }

    private static long begin(Exchange exchange, long now, long without) {
        return exchange.choice()
                .begin(
                        now,
                        exchange.home().loop().random(),
                        without,
                        exchange.endpoint().protocol(),
                        0,
                        exchange.affinity());
    }

    /** Takes room for a key, and the key; with several, the next one when one has no room. */
    private @Nullable Attempt enter(Candidate chosen, long ticket) {
        Bounds bounds = exchange.claims().bounds();
        int target = Choice.index(ticket);
        boolean behind = inTurn && bounds.line().size() > 0;
        long tried = 0;
        for (int tries = bounds.credentials(target); tries > 0; tries--) {
            int credential = exchange.credential(chosen, now, tried);
            if (credential == CredentialHealth.NOT_NOW) {
                return null;
            }
            Crossing crossing = behind
                    ? null
                    : bounds.of(target, credential).enter(exchange.claims().tokens(target), now);
            if (crossing == null) {
                full |= 1L << target;
            } else if (chosen.credentials().take(credential, now)) {
                return new Attempt(exchange, chosen, ticket, credential, crossing, now);
            } else {
                crossing.leave(now, 0); // somebody else was faster to try the key
            }
            tried |= CredentialHealth.bit(credential);
        }
        return null;
    }

    /** Goes where room was taken for it; null: that may not be asked any more. */
    static @Nullable Attempt granted(Exchange exchange, TargetWait wait, long now) {
        Crossing crossing = wait.take();
        Candidate chosen = exchange.choice().at(wait.target());
        long ticket = begin(exchange, now, ~(1L << wait.target()));
        if (ticket != 0 && chosen.credentials().take(wait.credential(), now)) {
            return new Attempt(exchange, chosen, ticket, wait.credential(), crossing, now);
        }
        chosen.health().dropped(ticket, now);
        crossing.leave(now, 0);
        return null;
    }
}
