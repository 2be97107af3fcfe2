package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Routes;
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
        Routes routes = exchange.home().directory().routes();
        String asked = exchange.asked().model();
        Model model = routes.find(asked);
        if (model == null || !exchange.key().mayUse(asked)) {
            exchange.fail(unknown(asked));
            return Step.FAIL;
        }
        Target target = choose(model.targets(), exchange.home().loop().random());
        if (target.provider().protocol() != Protocol.OPENAI) {
            exchange.fail(Failure.invalid(
                    "model",
                    "protocol_mismatch",
                    "model '" + asked + "' is served by provider "
                            + target.provider().name() + ", which speaks "
                            + target.provider().protocol().name().toLowerCase(java.util.Locale.ROOT)
                            + " (expected: a model of an openai provider on this path)"));
            return Step.FAIL;
        }
        exchange.routed(model);
        exchange.attempt(new Attempt(exchange, target, target.modelFor(asked)));
        return Step.NEXT;
    }

    private static Failure unknown(String asked) {
        return new Failure(
                Failure.Kind.NOT_FOUND,
                "model",
                "model_not_found",
                "model '" + asked
                        + "' does not exist here or this key may not use it (expected: one of GET /v1/models)",
                null,
                null);
    }

    /** Targets are sorted by priority. */
    static Target choose(List<Target> targets, SplittableRandom random) {
        int tier = targets.getFirst().priority();
        int weights = 0;
        for (Target target : targets) {
            weights += target.priority() == tier ? target.weight() : 0;
        }
        int ticket = targets.size() == 1 ? 0 : random.nextInt(weights);
        for (Target target : targets) {
            ticket -= target.weight();
            if (ticket < 0) {
                return target;
            }
        }
        return targets.getFirst();
    }
}
