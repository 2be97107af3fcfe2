package dev.tidemill.relay.admission;

import dev.tidemill.core.limit.Allowances;
import dev.tidemill.core.limit.Quota;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Routes;
import java.util.HashMap;
import java.util.Map;

/** All that is limited, over all loops. Each loop ticks. */
public final class Admissions {
    /** Keys whose limits are counted at once. */
    private static final int KEYS = 65_536;

    private static final long FORGET = 10_000_000_000L;

    private final Allowances keys = new Allowances(KEYS);
    private final Allowances models = new Allowances(Integer.MAX_VALUE); // as many as are configured
    private final CredentialLimits credentials = new CredentialLimits();
    private final WaitingLines waiting = new WaitingLines();
    private final EntranceLines entranceLines = new EntranceLines(waiting);
    private final Upstreams upstreams;
    private long forgotten = System.nanoTime();

    /** @param loops how many tick */
    public Admissions(int loops) {
        this.upstreams = new Upstreams(loops, waiting, credentials);
    }

    /** What keys may do. */
    public Allowances keys() {
        return keys;
    }

    /** What models may do by the configuration, by their names there. */
    public Allowances models() {
        return models;
    }

    /** Who waits for the limits of keys and models. */
    public EntranceLines entranceLines() {
        return entranceLines;
    }

    public Upstreams upstreams() {
        return upstreams;
    }

    /** Puts the limits of a configuration in force; whoever waits for what is more now, goes. */
    public void configure(Routes routes, long now) {
        Map<String, Quota> quotas = new HashMap<>();
        for (Model model : routes.models()) {
            if (model.limits().limits()) {
                quotas.put(model.name(), model.limits());
            }
        }
        models.configure(quotas, now);
        credentials.configure(routes.providers(), now);
        waiting.advance(now);
    }

    /** How long the one who has waited longest has stood, in whatever line. */
    public long oldestNanos(long now) {
        return waiting.oldestNanos(now);
    }

    /** A loop's tick. */
    public void tick(int loop, long now) {
        waiting.tick(now);
        if (loop == 0 && now - forgotten > FORGET) {
            forgotten = now;
            entranceLines.forgetEmpty();
        }
    }
}
