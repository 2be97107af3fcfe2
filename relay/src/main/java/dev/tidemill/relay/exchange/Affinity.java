package dev.tidemill.relay.exchange;

import dev.tidemill.core.choice.Choice;
import dev.tidemill.core.route.Rendezvous;
import dev.tidemill.wire.Swar;
import dev.tidemill.wire.dialect.Asked;
import dev.tidemill.wire.dialect.Asked.Span;

/**
 * What a request has in common with others that a provider may have in its cache: what the client says they have, or the
 * beginning of its prompt. Short instructions are followed by the first messages, which a conversation repeats each time.
 * Providers cache from 1,024 tokens on, so a prompt that is shorter than {@link #PREFIX} bytes goes wherever it is best.
 */
final class Affinity {
    static final int PREFIX = 4 << 10;

    private Affinity() {}

    /** A number for the beginning of the prompt; 0: there is nothing to gain. */
    static long of(Exchange exchange, Choice choice) {
        Asked asked = exchange.asked();
        boolean several =
                choice.size() > 1 || choice.at(0).target().provider().keys().size() > 1;
        int first = Math.min(length(asked.prompt()), PREFIX);
        boolean told = !asked.session().isEmpty();
        if (!several || (!told && first + length(asked.turns()) < PREFIX)) {
            return 0;
        }
        byte[] body = exchange.downstream().body();
        int start = exchange.downstream().bodyFrom();
        long hash = told
                ? hash(0, body, start, asked.session(), PREFIX)
                : hash(hash(0, body, start, asked.prompt(), first), body, start, asked.turns(), PREFIX - first);
        return hash == 0 ? 1 : hash;
    }

    private static int length(Span span) {
        return span.to() - span.from();
    }

    private static long hash(long before, byte[] body, int start, Span span, int most) {
        long hash = before;
        int i = start + span.from();
        int to = i + Math.min(length(span), most);
        for (; i + 8 <= to; i += 8) {
            hash = Rendezvous.mix(hash ^ Swar.word(body, i));
        }
        for (; i < to; i++) {
            hash = Rendezvous.mix(hash ^ body[i]);
        }
        return hash;
    }
}
