package dev.tidemill.relay.exchange;

import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeySecret;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * What a provider that charges once for what it is asked twice knows a request by. All tenants are one account to it, so
 * a client's own word may not go there as it is: another tenant with the same would be given this one's answer. And the
 * word is another at each target, since there the body is: the same at one, whichever attempt it is.
 */
public final class IdempotencyKey {
    private static final byte[] NAME = "idempotency-key: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private IdempotencyKey() {}

    /** A client's own word, as its project's and no other's: 64 hex digits. */
    public static String of(Key tenant, String word) {
        String text = tenant.organization() + '\n' + tenant.project() + '\n' + word;
        return HexFormat.of().formatHex(KeySecret.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** @param place the target's, see {@link dev.tidemill.core.health.TargetHealth#place} */
    static void write(ByteBuf to, long place, String key) {
        to.writeBytes(NAME);
        for (int shift = 60; shift >= 0; shift -= 4) {
            to.writeByte(DIGITS[(int) (place >>> shift) & 15]);
        }
        to.writeByte('-');
        to.writeCharSequence(key, StandardCharsets.US_ASCII);
        to.writeShort(0x0d0a);
    }
}
