package dev.tidemill.bench.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Ways to cut an input, the same each time for the same input, so that a finding can be replayed from its bytes alone and corpora are plain files.
 */
final class Pieces {
    private static final int RANDOM_WAYS = 3;
    private static final int MARGIN = 9;

    private Pieces() {}

    /** In one piece first, then byte by byte, then at random. Each way is the offsets behind its pieces, the last is the length. */
    static List<int[]> ways(byte[] input) {
        int length = input.length;
        List<int[]> ways = new ArrayList<>();
        ways.add(new int[] {length});
        int[] single = new int[length];
        Arrays.setAll(single, i -> i + 1);
        ways.add(single);
        Random random = new Random(Arrays.hashCode(input));
        for (int way = 0; way < RANDOM_WAYS; way++) {
            int[] cuts =
                    random.ints(1 + random.nextInt(8), 0, length + 1).sorted().toArray();
            cuts[cuts.length - 1] = length;
            ways.add(cuts);
        }
        return ways;
    }

    /** A copy of input[from, to) at {@link #margin}, with bytes around it that a parser must not look at. */
    static byte[] copy(byte[] input, int from, int to) {
        byte[] copy = new byte[to - from + 2 * MARGIN];
        Arrays.fill(copy, (byte) '\n');
        System.arraycopy(input, from, copy, MARGIN, to - from);
        return copy;
    }

    static int margin() {
        return MARGIN;
    }
}
