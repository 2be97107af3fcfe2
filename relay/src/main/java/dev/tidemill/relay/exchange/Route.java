package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Target;
import dev.tidemill.wire.dialect.RequestException;
import java.util.Locale;

/** Finds the model asked for, with its targets and its policy, which hold to the end whatever is reloaded meanwhile. */
final class Route implements Phase {
    @Override
    public Step run(Exchange exchange) {
        String asked = exchange.asked().model();
        Model model = exchange.home().directory().routes().find(asked);
        if (model == null || !exchange.key().mayUse(asked)) {
            exchange.fail(unknown(asked));
            return Step.FAIL;
        }
        Protocol spoken = exchange.endpoint().protocol();
        if (speaks(model, spoken) == 0) {
            exchange.fail(mismatch(asked, model.targets().getFirst(), spoken));
            return Step.FAIL;
        }
        Failure refusal = ProviderIds.refusal(exchange.asked(), model);
        if (refusal != null) {
            exchange.fail(refusal);
            return Step.FAIL;
        }
        try {
            Choice choice = exchange.home().choices().of(model, asked, System.nanoTime());
            exchange.routed(
                    model,
                    choice,
                    Affinity.of(exchange, choice),
                    exchange.downstream().clocks(model.policy().clocks()));
        } catch (RequestException e) {
            exchange.fail(Failure.invalid(e.param(), e.code(), e.getMessage()));
            return Step.FAIL;
        }
        return Step.NEXT;
    }

    private static int speaks(Model model, Protocol protocol) {
        int speaking = 0;
        for (Target target : model.targets()) {
            speaking += target.provider().protocol() == protocol ? 1 : 0;
        }
        return speaking;
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

    private static Failure mismatch(String asked, Target target, Protocol spoken) {
        return Failure.invalid(
                "model",
                "protocol_mismatch",
                "model '" + asked + "' is served by provider "
                        + target.provider().name() + ", which speaks "
                        + name(target.provider().protocol())
                        + " (expected: a model with a target that speaks " + name(spoken)
                        + " on this path). Ask for it in its own API");
    }

    private static String name(Protocol protocol) {
        return protocol.name().toLowerCase(Locale.ROOT);
    }
}
