package dev.tidemill.batch;

import java.util.random.RandomGenerator;

/** Makes unguessable ids: a prefix and 24 characters of [a-z0-9], 124 bits. Safe as file names, in paths and in headers. */
public record Ids(RandomGenerator random) {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LENGTH = 24;

    /** @param random cryptographically strong; used by several threads */
    public Ids {}

    public String next(String prefix) {
        StringBuilder id = new StringBuilder(prefix.length() + LENGTH).append(prefix);
        for (int i = 0; i < LENGTH; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }
}
