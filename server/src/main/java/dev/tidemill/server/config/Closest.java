package dev.tidemill.server.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds what was probably meant. */
final class Closest {
    private Closest() {}

    /** {@code ; did you mean NAME?}, or empty when nothing is near. */
    static String hint(String word, Collection<String> known) {
        String closest = to(word, known);
        return closest == null ? "" : "; did you mean " + closest + "?";
    }

    static @Nullable String to(String word, Collection<String> known) {
        String best = null;
        int bestDistance = Math.max(1, Math.min(word.length(), 24) / 3) + 1;
        String wanted = simple(word);
        for (String name : known) {
            int distance = Math.abs(name.length() - word.length()) >= bestDistance
                    ? bestDistance
                    : distance(wanted, simple(name));
            if (distance < bestDistance) {
                bestDistance = distance;
                best = name;
            }
        }
        return best;
    }

    private static String simple(String name) {
        return name.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    /** Insertions, deletions, replacements, and swaps of neighbours (optimal string alignment). */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                cost[i][j] = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
