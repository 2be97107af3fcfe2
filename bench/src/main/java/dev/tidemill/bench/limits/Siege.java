package dev.tidemill.bench.limits;

import dev.tidemill.core.limit.Quota;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One limit, asked for more than it allows.
 *
 * @param model that only this siege asks for
 * @param owner whose limit it is
 * @param quota the limit, of one kind
 * @param behaviour of the provider
 */
record Siege(String model, Owner owner, Quota quota, Behaviour behaviour) {
    /** Who may be limited. */
    enum Owner {
        KEY,
        MODEL,
        CREDENTIAL;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Until the provider answers: each is there for so long at least. */
    static final long STAY_MILLIS = 25;

    /** The most tokens that an answer may have. */
    static final int ANSWER = 200;

    private static final String LONG_WORDS = "considerably ".repeat(20);

    private static final String SHORT_WORDS = "a b c d e f ".repeat(100);

    /** Of requests a minute, tokens a minute and requests at once. */
    static List<Siege> of(Owner owner) {
        String name = owner.word();
        return List.of(
                new Siege(name + "-rpm", owner, new Quota(6_000, 0, 0), Behaviour.of("tokens=5")),
                new Siege(name + "-tpm", owner, new Quota(0, 600_000, 0), Behaviour.of("tokens=120")),
                new Siege(
                        name + "-concurrency",
                        owner,
                        new Quota(0, 0, 7),
                        Behaviour.of("tokens=5+ttft=" + STAY_MILLIS + "ms")));
    }

    /** What the key is created with. */
    List<String> keyOptions() {
        List<String> options = new ArrayList<>();
        if (owner == Owner.KEY) {
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

    /** Its line among the configuration's providers. */
    String provider(String url) {
        return owner == Owner.CREDENTIAL
                ? "  %s: { protocol: openai, base_url: \"%s\", keys: [sk-siege]%s }\n".formatted(model, url, limits())
                : "";
    }

    /** Its line among the models. */
    String line() {
        boolean own = owner == Owner.CREDENTIAL;
        return "  %s: { targets: [{ provider: %s }]%s }\n"
                .formatted(model, own ? model : "sim", owner == Owner.MODEL ? limits() : "");
    }

    private String limits() {
        return ", limits: { rpm: %d, tpm: %d, concurrency: %d }"
                .formatted(quota.rpm(), quota.tpm(), quota.concurrency());
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
