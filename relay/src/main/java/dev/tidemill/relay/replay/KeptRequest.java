package dev.tidemill.relay.replay;

import dev.tidemill.relay.exchange.Downstream;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.loop.Memory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The request of a client that has left, for an attempt that is still to be made. */
final class KeptRequest {
    private final byte[] body;
    private final String[] headers;
    private final @Nullable String idempotencyKey;
    private final Memory memory;

    /** Copies what goes with the client's connection. */
    KeptRequest(Downstream client, Exchange exchange, Memory memory) {
        this.body = Arrays.copyOfRange(client.body(), client.bodyFrom(), client.bodyTo());
        ByteBuf lines = Unpooled.buffer();
        client.forwardHeaders(lines, exchange, Set.of());
        this.headers = lines.toString(StandardCharsets.ISO_8859_1).split("\r\n");
        this.idempotencyKey = client.idempotencyKey(exchange);
        this.memory = memory;
        memory.add(body.length); // not refused: the connection gives as much back
    }

    byte[] body() {
        return body;
    }

    @Nullable
    String idempotencyKey() {
        return idempotencyKey;
    }

    void forwardHeaders(ByteBuf to, Set<String> fixed) {
        for (String line : headers) {
            int colon = line.indexOf(':');
            if (colon > 0 && !fixed.contains(line.substring(0, colon).toLowerCase(Locale.ROOT))) {
                to.writeCharSequence(line + "\r\n", StandardCharsets.ISO_8859_1);
            }
        }
    }

    void release() {
        memory.give(body.length);
    }
}
