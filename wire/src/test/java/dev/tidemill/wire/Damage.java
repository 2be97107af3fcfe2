package dev.tidemill.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Breaks payloads where readers are most easily misled: a few bytes of grammar, an early end. */
public final class Damage {
    private static final byte[] LIKELY = "{}[]\":,\\ nuef0".getBytes(StandardCharsets.UTF_8);

    private Damage() {}

    public static byte[] to(byte[] payload, RandomGenerator random) {
        byte[] a = payload.clone();
        for (int i = random.nextInt(4); i > 0; i--) {
            a[random.nextInt(a.length)] = LIKELY[random.nextInt(LIKELY.length)];
        }
        if (random.nextBoolean()) {
            a = Arrays.copyOf(a, random.nextInt(a.length + 1));
            if (a.length > 0 && random.nextBoolean()) {
                a[a.length - 1] = '}';
            }
        }
        return a;
    }
}
