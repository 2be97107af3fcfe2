package dev.tidemill.bench.hedge;

import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Door;
import dev.tidemill.simulator.Rule;
import dev.tidemill.simulator.Scenario;
import dev.tidemill.simulator.Tls;
import java.util.ArrayList;
import java.util.List;

/** How a provider's times to the first content are spread: most alike, and a few that take ten to twenty times as long. */
final class Tail {
    /** Of every answer, whoever gives it. */
    static final String TEXT = "Round and round the wheel goes all day";

    private static final String ANSWER = "+speed=100+text=" + TEXT;
    private static final String USUAL = "ttft=60ms" + ANSWER;
    private static final List<String> SLOW = List.of("600ms", "800ms", "1000ms", "1200ms");

    private Tail() {}

    /** @param share of requests that are slow */
    static Scenario of(double share, long seed) {
        List<Rule> rules = new ArrayList<>();
        double left = 1;
        for (String ttft : SLOW) {
            double own = share / SLOW.size();
            rules.add(Rule.forModel("*", Behaviour.of("ttft=" + ttft + ANSWER)).when(own / left, Long.MAX_VALUE, 0));
            left -= own;
        }
        return new Scenario(seed, Door.OPEN, Tls.OFF, Behaviour.of(USUAL), rules);
    }

    /** Nobody is fast any more. */
    static Scenario outage(long seed) {
        return new Scenario(seed, Door.OPEN, Tls.OFF, Behaviour.of("ttft=1500ms" + ANSWER), List.of());
    }
}
