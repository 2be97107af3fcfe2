package dev.tidemill.relay.exchange;

import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Target;
import java.util.List;
import java.util.SplittableRandom;

/** Chooses the target: the model's first priority tier, by weight. Each attempt begins here. */
final class Pick implements Phase {
    @Override
    public Step run(Exchange exchange) {
        Attempt last = exchange.attemptOrNull();
        if (last != null && last.replacesConnection()) {
            return Step.NEXT; // same target, fresh connection
        }
        Tries tries = exchange.tries();
        if (tries != null && tries.waits()) {
            exchange.wakeAt(tries.notBefore());
            return Step.WAIT;
        }
        int index = tries != null
                ? tries.next()
                : choose(
                        exchange.model().targets(),
                        exchange.endpoint().protocol(),
                        exchange.home().loop().random());
        Target target = exchange.model().targets().get(index);
        exchange.attempt(new Attempt(
                exchange, target, index, target.modelFor(exchange.asked().model())));
        return Step.NEXT;
    }

    /** Targets are sorted by priority; one at least speaks the protocol. */
    static int choose(List<Target> targets, Protocol protocol, SplittableRandom random) {
        int tier = 0;
        int weights = 0;
        for (Target target : targets) {
            if (target.provider().protocol() == protocol && (weights == 0 || target.priority() == tier)) {
                tier = target.priority();
                weights += target.weight();
            }
        }
        int ticket = random.nextInt(weights);
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            if (target.provider().protocol() == protocol && target.priority() == tier) {
                ticket -= target.weight();
                if (ticket < 0) {
                    return i;
                }
            }
        }
        throw new IllegalStateException("no target speaks " + protocol);
    }
}
