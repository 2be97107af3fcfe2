package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.wire.dialect.Asked;
import dev.tidemill.wire.dialect.RequestException;

/**
 * Reads the body to its end and looks at it once: valid JSON, and the few fields that decide where it goes. A body of more
 * than {@link #OFF_LOOP} bytes is scanned on another thread, because the loop would stand still for a millisecond or more.
 */
final class Read implements Phase {
    static final int OFF_LOOP = 1 << 20;

    @Override
    public Step run(Exchange exchange) {
        if (exchange.askedOrNull() != null) {
            return Step.NEXT; // scanned elsewhere
        }
        Downstream downstream = exchange.downstream();
        if (!downstream.readBody()) {
            return Step.WAIT;
        }
        byte[] body = downstream.body();
        int from = downstream.bodyFrom();
        int to = downstream.bodyTo();
        if (to - from > OFF_LOOP) {
            if (!exchange.scanning()) {
                exchange.home().offLoop().execute(() -> scanAway(exchange, body, from, to));
            }
            return Step.WAIT;
        }
        try {
            exchange.asked(directed(
                    exchange, exchange.home().requestReader(exchange.dialect()).read(body, from, to)));
            return Step.NEXT;
        } catch (RequestException e) {
            exchange.fail(refusal(e));
            return Step.FAIL;
        }
    }

    private void scanAway(Exchange exchange, byte[] body, int from, int to) {
        try {
            Asked asked = directed(exchange, exchange.dialect().requestReader().read(body, from, to));
            exchange.home().loop().execute(() -> {
                exchange.asked(asked);
                exchange.run();
            });
        } catch (RequestException e) {
            exchange.home().loop().execute(() -> exchange.fail(refusal(e)));
        } catch (RuntimeException e) {
            exchange.home().loop().execute(() -> exchange.broke(this, e));
        }
    }

    /** What the path says has to be what the body says, if that names a model at all: a provider may read either. */
    private static Asked directed(Exchange exchange, Asked asked) throws RequestException {
        Address address = exchange.address();
        if (address.model().isEmpty()) {
            return asked;
        }
        if (!asked.model().isEmpty() && !asked.model().equals(address.model())) {
            throw new RequestException(
                    "model: '" + asked.model() + "' in the body (expected: 'models/" + address.model()
                            + "', as in the path, or nothing)",
                    "model",
                    "invalid_value");
        }
        return asked.at(address.model(), address.endpoint().streams());
    }

    private static Failure refusal(RequestException e) {
        return Failure.invalid(e.param(), e.code(), e.getMessage());
    }
}
