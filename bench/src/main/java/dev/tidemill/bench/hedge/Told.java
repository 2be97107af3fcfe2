package dev.tidemill.bench.hedge;

import dev.tidemill.bench.caller.KeptCaller;
import dev.tidemill.simulator.relayed.Api;
import dev.tidemill.simulator.relayed.Caller;
import dev.tidemill.simulator.relayed.RawAnswer;
import dev.tidemill.simulator.relayed.Seen;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client was told.
 *
 * @param ttftNanos from before it connected until the head of its answer, which leaves with the first content
 * @param refused turned away with an error, before anything of an answer
 * @param fault null: the answer is whole and nothing of it came twice
 */
record Told(long ttftNanos, boolean refused, @Nullable String fault) {
    static Told ask(Caller caller, Api api, String model, String body) {
        long from = System.nanoTime();
        try (KeptCaller client = new KeptCaller(caller)) {
            RawAnswer answer = client.ask(api.path(model, true), "", body);
            Seen seen = Seen.of(api, answer);
            boolean whole = seen.looksComplete() && seen.text().equals(Tail.TEXT) && openings(api, answer.body()) == 1;
            String fault =
                    whole ? null : seen.words() + ", " + openings(api, answer.body()) + " openings: " + seen.text();
            return new Told(answer.headAt() - from, seen.status() >= 400 && seen.error() != null, fault);
        } catch (IOException e) {
            return new Told(System.nanoTime() - from, false, e.toString());
        }
    }

    private static int openings(Api api, String body) {
        String opening = api == Api.CHAT ? "\"role\":\"assistant\",\"content\":\"\"" : "event: response.created";
        return body.split(Pattern.quote(opening), -1).length - 1;
    }

    static long[] sorted(List<Told> all) {
        return all.stream()
                .filter(told -> !told.refused())
                .mapToLong(Told::ttftNanos)
                .sorted()
                .toArray();
    }

    /** In ms. */
    static double quantile(long[] sorted, double quantile) {
        int at = (int) Math.ceil(sorted.length * quantile) - 1;
        return sorted[Math.clamp(at, 0, sorted.length - 1)] / 1e6;
    }
}
