package dev.tidemill.simulator;

import java.util.List;

/**
 * When a fault or a rule takes effect: at a chance, only so many times, only after so many. Every fault takes these three beside its own
 * values: {@code 429;p=10%;times=3;skip=5}.
 *
 * @param chance 0 to 1
 * @param times at most so many times
 * @param skip not for the first so many requests
 */
public record Occasion(double chance, long times, long skip) {
    static final Occasion ALWAYS = new Occasion(1, Long.MAX_VALUE, 0);
    static final List<Parameter> PARAMETERS = List.of(
            Parameter.chance("p", "1"), Parameter.number("times", 999_999_999_999_999L), Parameter.number("skip", 0));

    public Occasion {
        if (!(chance >= 0 && chance <= 1) || times < 0 || skip < 0) {
            throw new IllegalArgumentException("occasion: p=" + chance + ", times=" + times + ", skip=" + skip
                    + " (expected: p from 0 to 1, times and skip >= 0)");
        }
    }
}
