package dev.tidemill.wire.json;

import dev.tidemill.wire.Swar;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A few words that are looked for in JSON as names or whole strings, quotes included: what has none of them need not be walked. One
 * pass stops at the quotes and looks at the letter behind each.
 */
public final class QuotedWords {
    private static final long QUOTES = Swar.fill('"');

    private final byte[][] words;
    /** A bit for each letter that a word begins with. */
    private final long letters;

    private QuotedWords(byte[][] words) {
        this.words = words;
        this.letters = Arrays.stream(words).mapToLong(word -> 1L << word[1]).reduce(0, (all, one) -> all | one);
    }

    /** @param words of ASCII, one letter or more, without quotes */
    public static QuotedWords of(String... words) {
        return new QuotedWords(Arrays.stream(words)
                .map(word -> ('"' + word + '"').getBytes(StandardCharsets.US_ASCII))
                .toArray(byte[][]::new));
    }

    /** Whether one of them occurs in {@code a[from, to)}, as a name or as a value. */
    public boolean in(byte[] a, int from, int to) {
        int i = from;
        for (; i <= to - 16; i += 16) {
            long low = Swar.zeros(Swar.word(a, i) ^ QUOTES);
            long high = Swar.zeros(Swar.word(a, i + 8) ^ QUOTES);
            if ((low | high) != 0 && (among(a, i, low, to) || among(a, i + 8, high, to))) {
                return true;
            }
        }
        for (; i < to; i++) {
            if (a[i] == '"' && at(a, i, to)) {
                return true;
            }
        }
        return false;
    }

    private boolean among(byte[] a, int at, long marks, int to) {
        for (; marks != 0; marks &= marks - 1) {
            if (at(a, at + Swar.first(marks), to)) {
                return true;
            }
        }
        return false;
    }

    /** Shifts go by the lowest six bits of a letter: another may pass here, and no word does. */
    private boolean at(byte[] a, int quote, int to) {
        if (quote + 1 >= to || (letters >>> a[quote + 1] & 1) == 0) {
            return false;
        }
        for (byte[] word : words) {
            if (quote + word.length <= to && JsonWalk.is(a, quote, quote + word.length, word)) {
                return true;
            }
        }
        return false;
    }
}
