package dev.tidemill.simulator.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TokensTest {
    @Test
    void wordsCharactersAndSignsAreTokens() {
        assertThat(Tokens.split("The tide, 潮水 came \n"))
                .containsExactly("The", " tide", ",", " 潮", "水", " came", " \n");
        assertThat(Tokens.split("internationalisation")).containsExactly("internatio", "nalisation");
        assertThat(Tokens.split("🌊🌊")).containsExactly("🌊", "🌊");
        assertThat(Tokens.count("")).isZero();
    }

    @Test
    void joinedTokensAreTheTextWhateverItIs() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(40);
            for (int i = 0; i < length; i++) {
                text.append((char) (random.nextBoolean() ? random.nextInt(0x80) : random.nextInt(0x10000)));
            }
            List<String> tokens = Tokens.split(text.toString());
            assertThat(String.join("", tokens))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(text.toString());
            assertThat(tokens)
                    .as("seed %d round %d", seed, round)
                    .hasSize(Tokens.count(text))
                    .doesNotContain("");
        }
    }

    @Test
    void proseHasTheTokensAskedForInBothLanguages() {
        for (int count : new int[] {1, 2, 7, 24, 500}) {
            for (boolean chinese : new boolean[] {true, false}) {
                List<String> tokens = Prose.tokens(count, chinese, count);
                assertThat(tokens).hasSize(count).isEqualTo(Prose.tokens(count, chinese, count));
                assertThat(Tokens.split(String.join("", tokens))).isEqualTo(tokens);
                assertThat(Tokens.isChinese(String.join("", tokens))).isEqualTo(chinese);
            }
        }
    }
}
