package dev.tidemill.relay.exchange;

import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.wire.http.Method;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The part of a request's head that is the same for every call to a provider with one credential, as bytes, made once.
 */
final class RequestHead {
    private static final byte[] CONTENT_LENGTH = "content-length: ".getBytes(StandardCharsets.US_ASCII);

    private static final int LONGEST_METHOD = 6;

    private final byte[] start;
    private final byte[] bytes;
    private final Set<String> fixedNames;

    RequestHead(Provider provider, int credential) {
        StringBuilder head = new StringBuilder(256);
        String path = provider.baseUrl().getRawPath();
        this.start = (" " + (path == null ? "" : path)).getBytes(StandardCharsets.ISO_8859_1);
        head.append(" HTTP/1.1\r\nhost: ").append(provider.baseUrl().getRawAuthority());
        head.append("\r\naccept-encoding: identity\r\n");
        String carrier = switch (provider.protocol()) {
            case OPENAI -> "authorization";
            case ANTHROPIC -> "x-api-key";
            case GEMINI -> "x-goog-api-key";
        };
        if (credential >= 0 && !provider.headers().containsKey(carrier)) {
            head.append(carrier)
                    .append(provider.protocol() == Protocol.OPENAI ? ": Bearer " : ": ")
                    .append(provider.keys().get(credential))
                    .append("\r\n");
        }
        provider.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        this.bytes = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        this.fixedNames = provider.headers().keySet();
    }

    int length() {
        return LONGEST_METHOD + start.length + bytes.length;
    }

    /** Names in lower case that the operator has fixed. */
    Set<String> fixedNames() {
        return fixedNames;
    }

    /** @param target what follows the base URL */
    void write(ByteBuf to, Method method, String target) {
        to.writeCharSequence(method.name(), StandardCharsets.US_ASCII);
        to.writeBytes(start);
        to.writeCharSequence(target, StandardCharsets.ISO_8859_1);
        to.writeBytes(bytes);
    }

    static void writeLength(ByteBuf to, int length) {
        to.writeBytes(CONTENT_LENGTH);
        writeDecimal(to, length);
        to.writeInt(0x0d0a0d0a);
    }

    /** Ends the head of a request without a body. */
    static void writeEnd(ByteBuf to) {
        to.writeShort(0x0d0a);
    }

    static void writeDecimal(ByteBuf to, long value) {
        long power = 1;
        while (value / power >= 10) {
            power *= 10;
        }
        for (; power > 0; power /= 10) {
            to.writeByte((byte) ('0' + value / power % 10));
        }
    }
}
