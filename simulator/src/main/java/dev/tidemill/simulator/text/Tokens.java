package dev.tidemill.simulator.text;

import java.util.ArrayList;
import java.util.List;

/**
 * The simulator's own tokens: a word of up to ten letters or digits with the white space before it, one Chinese, Japanese or Korean
 * character, or one other sign. Every count of the simulator comes from here, so that usage always fits the text.
 */
public final class Tokens {
    private static final int LONGEST_WORD = 10;

    private Tokens() {}

    /** How many tokens {@code text} has; zero for the empty text. */
    public static int count(CharSequence text) {
        int count = 0;
        for (int at = 0; at < text.length(); at = end(text, at)) {
            count++;
        }
        return count;
    }

    /** The tokens of {@code text} in order; joined they are the text again. */
    public static List<String> split(String text) {
        List<String> tokens = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = end(text, at);
            tokens.add(text.substring(at, end));
            at = end;
        }
        return tokens;
    }

    /** Whether at least a fifth of the first 2,000 characters is Chinese, Japanese or Korean. */
    public static boolean isChinese(CharSequence text) {
        int end = Math.min(text.length(), 2_000);
        int han = 0;
        for (int i = 0; i < end; i++) {
            if (isIdeograph(text.charAt(i))) {
                han++;
            }
        }
        return han > 0 && han * 5 >= end;
    }

    private static int end(CharSequence text, int start) {
        int at = start;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        if (at == text.length()) {
            return at;
        }
        char c = text.charAt(at);
        if (!isWordLetter(c)) {
            return Character.isHighSurrogate(c) && at + 1 < text.length() ? at + 2 : at + 1;
        }
        int limit = Math.min(text.length(), at + LONGEST_WORD);
        while (at < limit && isWordLetter(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isWordLetter(char c) {
        if (c < 128) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        }
        return Character.isLetterOrDigit(c) && !isIdeograph(c);
    }

    private static boolean isIdeograph(char c) {
        return (c >= 0x2E80 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7AF) || (c >= 0xF900 && c <= 0xFAFF);
    }
}
