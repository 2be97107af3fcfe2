package dev.tidemill.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever stands in the file: a configuration, or faults with places; never anything else. */
class MutatedFileTest {
    private static final String SEEDLING = """
            server: { listen: "127.0.0.1:0", cors: [https://a.example], memory: 64MiB }
            data: ./data
            providers:
              p: &p { base_url: "http://127.0.0.1:9001/v1", keys: ["${K}"], headers: { X-A: b }, pool: { idle: 5s } }
              q: *p
            models:
              m: { targets: [{ provider: p, weight: 2 }, { provider: q }], policy: { clocks: { gap: 10s }, hedge: { share: 5% } } }
              "w-*": { targets: [{ provider: q }] }
            policy: { clocks: { total: 1h30m }, breaker: off, resume: { bytes: 4MiB } }
            batch: { concurrency: 8 }
            """;
    private static final String[] PIECES = {
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        "- ",
        "\n",
        "  ",
        "*",
        "&a ",
        "*a",
        "${",
        "${K}",
        "${file:/dev/null}",
        "$${",
        "\"",
        "'",
        "|",
        ">",
        "#",
        "!",
        "!!int ",
        "? ",
        "<<: ",
        "~",
        "null",
        "off",
        "-1",
        "99999999999999999999",
        "1e9",
        "\u0000",
        "\uD83D\uDE00",
        "\t",
        "%",
        "@",
        "---\n",
        "...\n",
        "targets",
        "policy",
        "provider",
        "models",
        "listen"
    };

    @Test
    void mutationsGiveAConfigurationOrFaultsWithPlaces() {
        long seed = Long.getLong("tidemill.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 4_000; round++) {
            StringBuilder text = new StringBuilder(SEEDLING);
            for (int edits = 1 + random.nextInt(6); edits > 0; edits--) {
                mutate(text, random);
            }
            try {
                if (Written.of(text.toString()).with("K", "sk").read() instanceof Outcome.Faults faults) {
                    assertThat(faults.faults()).isNotEmpty().allSatisfy(fault -> {
                        assertThat(fault.line())
                                .isBetween(
                                        1,
                                        2
                                                + (int) text.chars()
                                                        .filter(c -> "\n\r\u0085\u2028\u2029".indexOf(c) >= 0)
                                                        .count());
                        assertThat(fault.column()).isPositive();
                        assertThat(fault.toString()).doesNotContain("\n");
                    });
                }
            } catch (RuntimeException | Error e) {
                fail("seed " + seed + ", round " + round + ":\n" + text, e);
            }
        }
    }

    private static void mutate(StringBuilder text, Random random) {
        int at = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), at + random.nextInt(12));
        switch (random.nextInt(4)) {
            case 0 -> text.delete(at, to);
            case 1 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
            case 2 -> text.insert(random.nextInt(text.length() + 1), text.substring(at, to));
            default -> text.replace(at, to, PIECES[random.nextInt(PIECES.length)]);
        }
    }
}
