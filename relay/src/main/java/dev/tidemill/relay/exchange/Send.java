package dev.tidemill.relay.exchange;

import dev.tidemill.wire.http.Header;
import dev.tidemill.wire.http.Method;
import dev.tidemill.wire.json.Edits;
import io.netty.buffer.ByteBuf;

/**
 * Writes the request: a head of our own making and the body as it came, but for the edits. Head and body go out in one
 * buffer and one write, which at the usual size is cheaper than anything that avoids the copy.
 */
final class Send implements Phase {
    @Override
    public Step run(Exchange exchange) {
        long now = System.nanoTime();
        exchange.watch().start(exchange.streams() ? Clock.FIRST_CONTENT : Clock.HEADERS, now);
        write(exchange, exchange.attempt(), now);
        return Step.NEXT;
    }

    static void write(Exchange exchange, Attempt attempt, long now) {
        Downstream downstream = exchange.downstream();
        byte[] body = downstream.body();
        int from = downstream.bodyFrom();
        int to = downstream.bodyTo();
        Edits edits = attempt.edits();
        int length = edits.size(to - from);
        RequestHead head = attempt.requestHead();

        String target = attempt.requestTarget();
        ByteBuf request = exchange.home().loop().writing(head.length() + target.length() + 512 + length);
        Method method = exchange.endpoint().method();
        head.write(request, method, target);
        downstream.forwardHeaders(request, exchange, head.fixedNames());
        if (!head.fixedNames().contains(Header.IDEMPOTENCY_KEY.lower())) {
            attempt.writeIdempotencyKey(request);
        }
        if (method == Method.POST) {
            RequestHead.writeLength(request, length);
            edits.writeTo(body, from, to, (a, start, end) -> request.writeBytes(a, start, end - start));
        } else {
            RequestHead.writeEnd(request);
        }
        attempt.send(request, now);
    }
}
