package dev.tidemill.relay.exchange;

import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.route.Rendezvous;
import dev.tidemill.wire.Swar;
import dev.tidemill.wire.dialect.Asked.Span;

/**
 * What a prompt has in common with others that a provider may have in its cache. Providers cache from 1,024 tokens on, so a
 * prompt that is shorter than {@link #PREFIX} bytes goes wherever it is best.
 */
final class Affinity {
    static final int PREFIX = 4 << 10;

    private Affinity() {}

    /** A number for the beginning of the prompt; 0: there is nothing to gain. */
    static long of(Exchange exchange, Choice choice) {
        Span prompt = exchange.asked().prompt();
        boolean several =
                choice.size() > 1 || choice.at(0).target().provider().keys().size() > 1;
        if (!several || prompt.to() - prompt.from() < PREFIX) {
            return 0;
        }
        byte[] body = exchange.downstream().body();
        int from = exchange.downstream().bodyFrom() + prompt.from();
        long hash = 0;
        for (int i = from; i < from + PREFIX; i += 8) {
            hash = Rendezvous.mix(hash ^ Swar.word(body, i));
        }
        return hash == 0 ? 1 : hash;
    }
}
