package dev.tidemill.simulator;

/**
 * A pattern in which {@code *} stands for any text, also none.
 *
 * @param pattern as written
 */
public record Glob(String pattern) {
    static final Glob ANY = new Glob("*");

    /** Whether it fits the whole of {@code text}. */
    public boolean fits(String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int retry = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                retry = t;
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++retry;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
