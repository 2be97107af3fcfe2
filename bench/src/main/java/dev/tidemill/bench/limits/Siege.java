package dev.tidemill.bench.limits;

import dev.tidemill.core.limit.Quota;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Rule;
import java.util.ArrayList;
import java.util.List;

/**
 * One limit, asked for more than it allows. A limit that somebody else has than a key is one more of these, with what
 * stands in the configuration beside the model's targets.
 *
 * @param model that only this siege asks for
 * @param quota the limit, of one kind
 * @param ofKey whether it is the key's; else {@code settings} has it
 * @param settings of the model, {@code , limits: { rpm: 600 }}
 * @param behaviour of the provider
 */
record Siege(String model, Quota quota, boolean ofKey, String settings, Behaviour behaviour) {
    /** Until the provider answers: each is there for so long at least. */
    static final long STAY_MILLIS = 25;

    /** The most tokens that an answer may have. */
    static final int ANSWER = 200;

    private static final String LONG_WORDS = "considerably ".repeat(20);

    private static final String SHORT_WORDS = "a b c d e f ".repeat(100);

    static final List<Siege> ALL = List.of(
            key("key-rpm", new Quota(6_000, 0, 0), "tokens=5"),
            key("key-tpm", new Quota(0, 600_000, 0), "tokens=120"),
            key("key-concurrency", new Quota(0, 0, 7), "tokens=5+ttft=" + STAY_MILLIS + "ms"));

    private static Siege key(String model, Quota quota, String behaviour) {
        return new Siege(model, quota, true, "", Behaviour.of(behaviour));
    }

    /** What the key is created with. */
    List<String> keyOptions() {
        List<String> options = new ArrayList<>();
        if (ofKey) {
            option(options, "--rpm", quota.rpm());
            option(options, "--tpm", quota.tpm());
            option(options, "--concurrency", quota.concurrency());
        }
        return options;
    }

    static void option(List<String> options, String name, long value) {
        if (value > 0) {
            options.add(name);
            options.add(Long.toString(value));
        }
    }

    String line() {
        return "  %s: { targets: [{ provider: sim }]%s }\n".formatted(model, settings);
    }

    Rule rule() {
        return Rule.forModel(model, behaviour);
    }

    /**
     * A request: every other one streams. Of those for tokens some cost more than they are taken for, since short words are
     * tokens, too; others less, since they have long words, and no answer is as long as it might be.
     */
    String body(int number) {
        boolean dear = number % 4 < 2;
        String words = quota.tpm() == 0 ? "Does it turn?" : dear ? SHORT_WORDS : LONG_WORDS;
        return """
                {"model":"%s","stream":%s,"max_tokens":%d,"messages":[{"role":"user","content":"%s"}]}""".formatted(model, number % 2 == 0, ANSWER, words);
    }

    long estimate(long bytes) {
        return (bytes + 3) / 4 + ANSWER;
    }
}
