package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.response.ResponseRecord;
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
            exchange.fail(exchange.endpoint().byId() ? Locate.unknown(exchange) : unknown(asked));
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
            Choice choice = exchange.home().choices().of(model, asked, exchange.entered());
            ResponseRecord record = exchange.record();
            Pin pin = record == null ? null : Pin.of(choice, record);
            if (pin != null) {
                exchange.pinned(pin);
            } else if (record != null) {
                exchange.fail(elsewhere(exchange, record));
                return Step.FAIL;
            }
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

    /** The caller's own, but out of this model's reach: another model, or a provider or key that is configured no more. */
    private static Failure elsewhere(Exchange exchange, ResponseRecord record) {
        String asked = exchange.asked().model();
        if (exchange.endpoint().byId() || asked.equals(record.model())) {
            return Locate.unknown(exchange);
        }
        return Failure.invalid(
                "previous_response_id",
                "previous_response_elsewhere",
                "response '" + record.id() + "' was made by model '" + record.model() + "', and model '" + asked
                        + "' cannot go on from it (expected: a model at the same provider and credential). Ask for '"
                        + record.model() + "', or send the whole conversation without previous_response_id");
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
