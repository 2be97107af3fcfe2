package dev.tidemill.simulator.text;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Plain sentences about a mill by the sea, the same ones for the same seed, as many tokens as asked for. */
public final class Prose {
    private static final String[] ARTICLES = {"The", "A", "Each", "One", "That", "Every"};
    private static final String[] QUALITIES = {
        "calm", "steady", "bright", "old", "quiet", "narrow", "heavy", "early", "clear", "long", "patient", "cold"
    };
    private static final String[] THINGS = {
        "tide", "mill", "wheel", "gate", "river", "stone", "boat", "harbour", "lamp", "bridge", "morning", "miller"
    };
    private static final String[] DEEDS = {
        "turns", "follows", "carries", "meets", "fills", "crosses", "moves", "keeps", "leaves", "warms", "holds",
        "passes"
    };
    private static final String[] WAYS = {"slowly", "again", "at night", "by noon", "in time", "with care", "once more"
    };

    private static final String[] C_QUALITIES = {"安静", "明亮", "古老", "清澈", "缓慢", "温暖", "宽阔", "平稳"};
    private static final String[] C_THINGS = {"潮水", "水轮", "石桥", "港口", "晨光", "小船", "磨坊", "河流", "灯塔", "海风"};
    private static final String[] C_DEEDS = {"推动", "经过", "照着", "带来", "穿过", "等待", "注满", "跟随"};

    private Prose() {}

    /** Exactly {@code count} tokens, ending with a full stop. */
    public static List<String> tokens(long seed, boolean chinese, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> tokens = new ArrayList<>(count + 16);
        while (tokens.size() < count) {
            if (chinese) {
                chineseSentence(random, tokens);
            } else {
                englishSentence(random, tokens);
            }
        }
        while (tokens.size() > count) {
            tokens.removeLast();
        }
        if (count > 1) {
            tokens.set(count - 1, chinese ? "。" : ".");
        }
        return tokens;
    }

    private static void englishSentence(SplittableRandom random, List<String> tokens) {
        String article = pick(random, ARTICLES);
        tokens.add(tokens.isEmpty() ? article : " " + article);
        tokens.add(" " + pick(random, QUALITIES));
        tokens.add(" " + pick(random, THINGS));
        tokens.add(" " + pick(random, DEEDS));
        tokens.add(" the");
        tokens.add(" " + pick(random, THINGS));
        if (random.nextBoolean()) {
            tokens.addAll(Tokens.split(" " + pick(random, WAYS)));
        }
        tokens.add(".");
    }

    private static void chineseSentence(SplittableRandom random, List<String> tokens) {
        String sentence = pick(random, C_QUALITIES) + "的" + pick(random, C_THINGS) + pick(random, C_DEEDS)
                + pick(random, C_THINGS) + (random.nextBoolean() ? "，" : "。");
        tokens.addAll(Tokens.split(sentence));
    }

    private static String pick(SplittableRandom random, String[] words) {
        return words[random.nextInt(words.length)];
    }
}
