package dev.tidemill.relay.downstream;

import dev.tidemill.relay.loop.Loop;
import java.nio.charset.StandardCharsets;

/** Names of requests: {@code req_} and 24 hexadecimal digits, random. Loop only. */
public final class RequestIds {
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private RequestIds() {}

    public static String next(Loop loop) {
        byte[] id = new byte[28];
        id[0] = 'r';
        id[1] = 'e';
        id[2] = 'q';
        id[3] = '_';
        long high = loop.random().nextLong();
        long low = loop.random().nextLong();
        for (int i = 0; i < 16; i++) {
            id[4 + i] = DIGITS[(int) (high >>> (i * 4)) & 15];
        }
        for (int i = 0; i < 8; i++) {
            id[20 + i] = DIGITS[(int) (low >>> (i * 4)) & 15];
        }
        return new String(id, StandardCharsets.US_ASCII);
    }
}
