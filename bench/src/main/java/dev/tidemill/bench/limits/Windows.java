package dev.tidemill.bench.limits;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** What fell into windows of time that may begin anywhere. */
final class Windows {
    private Windows() {}

    /** Something that happened, and by how much it moved a sum. */
    record Event(long at, long units) {}

    /** How many of these moments lie in one closed window of this length at most. */
    static long most(long[] moments, long length) {
        long[] at = moments.clone();
        Arrays.sort(at);
        long most = 0;
        for (int from = 0, to = 0; to < at.length; to++) {
            while (at[to] - at[from] > length) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }

    /** By how much the sum grew within one closed window of this length at most; events may take from it. */
    static long growth(List<Event> inOrder, long length) {
        record Before(long at, long sum) {}
        Deque<Before> lowest = new ArrayDeque<>();
        long sum = 0;
        long most = 0;
        for (Event event : inOrder) {
            while (!lowest.isEmpty() && lowest.getLast().sum() >= sum) {
                lowest.removeLast();
            }
            lowest.addLast(new Before(event.at(), sum));
            while (event.at() - lowest.getFirst().at() > length) {
                lowest.removeFirst();
            }
            sum += event.units();
            most = Math.max(most, sum - lowest.getFirst().sum());
        }
        return most;
    }
}
