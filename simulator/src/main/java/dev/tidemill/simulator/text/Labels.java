package dev.tidemill.simulator.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a prompt asks for one label out of a list, and answers with the one whose keywords the message holds.
 *
 * <p>A list follows a cue ("classify", "label", "one of", "分类", "标签"), then a colon or "into"/"of"/"为"/"是", then two to forty
 * items with commas, 、, slashes, bars or "or"/"或" between them, up to the end of the sentence or line; or one item a line, with
 * bullets or numbers. The answer depends on the text
 * alone, so that a run over a thousand messages can be repeated and checked.
 */
public final class Labels {
    private static final int LOOKED_AT = 16_384;
    private static final int LONGEST_LABEL = 40;
    private static final int MOST_LABELS = 40;

    private static final Pattern CUE = Pattern.compile("(?i)classif|categor|\\blabels?\\b|one of|分类|归类|类别|标签|选项|之一|分为");
    private static final Pattern OPENING = Pattern.compile(
            "(?i)[:：]|\\binto(?: one of)?(?: the following)?\\b|\\bone of(?: the following)?\\b|\\bas\\b|分类为|归类为|分为|归为");
    private static final Pattern BETWEEN =
            Pattern.compile("(?i)\\s*(?:[,，、/|;；]\\s*(?:or |and |或者?|和)?|\\s(?:or|and)\\s|或者?)\\s*");

    private static final Pattern PRELUDE = Pattern.compile("(?i)(?:exactly )?one of(?: the following)?\\s*[:：]?\\s*");

    private static final Pattern BULLET =
            Pattern.compile("(?:[-*•]|\\d{1,2}[.)、])[ \\t]*([^\\n:：]{1,40})[^\\n]*\\n?[ \\t]*");

    private Labels() {}

    /** A list of labels that a prompt offers, and where the text behind it begins. */
    record Offer(List<String> labels, int end) {}

    /**
     * The label for {@code message}, or null when neither the instructions nor the message offer a list.
     *
     * @param instructions what stands before the last message, perhaps empty
     * @param message the last message of the user
     */
    public static @Nullable String choose(String instructions, String message) {
        Offer inMessage = offer(message);
        if (inMessage != null) {
            return best(inMessage.labels(), beforeCue(message) + message.substring(inMessage.end()));
        }
        Offer before = offer(instructions);
        return before == null ? null : best(before.labels(), message);
    }

    static @Nullable Offer offer(String text) {
        String looked = text.length() > LOOKED_AT ? text.substring(0, LOOKED_AT) : text;
        Matcher cue = CUE.matcher(looked);
        if (!cue.find()) {
            return null;
        }
        Matcher opening = OPENING.matcher(looked);
        for (int from = cue.start();
                opening.find(from) && opening.start() < cue.start() + 400;
                from = opening.start() + 1) {
            Offer offer = listAt(looked, opening.end());
            if (offer != null) {
                return offer;
            }
        }
        return null;
    }

    private static @Nullable Offer listAt(String text, int opening) {
        int start = opening;
        while (start < text.length()
                && (Character.isWhitespace(text.charAt(start)) || ":：[(（【".indexOf(text.charAt(start)) >= 0)) {
            start++;
        }
        Matcher prelude = PRELUDE.matcher(text).region(start, text.length());
        if (prelude.lookingAt()) {
            start = prelude.end();
        }
        if (BULLET.matcher(text).region(start, text.length()).lookingAt()) {
            return bullets(text, start);
        }
        int end = start;
        while (end < text.length() && ".。\n?？!！)）]】".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        List<String> labels = new ArrayList<>();
        for (String item : BETWEEN.split(text.substring(start, end))) {
            String label = bare(item);
            if (label.isEmpty()) {
                continue;
            }
            if (label.length() > LONGEST_LABEL || labels.size() == MOST_LABELS) {
                return null;
            }
            labels.add(label);
        }
        return labels.size() < 2 ? null : new Offer(List.copyOf(labels), end);
    }

    /** A list with one label a line, perhaps with an explanation behind a colon. */
    private static @Nullable Offer bullets(String text, int start) {
        List<String> labels = new ArrayList<>();
        Matcher bullet = BULLET.matcher(text).region(start, text.length());
        int end = start;
        while (bullet.lookingAt() && labels.size() < MOST_LABELS) {
            labels.add(bare(bullet.group(1)));
            end = bullet.end();
            bullet.region(end, text.length());
        }
        return labels.size() < 2 ? null : new Offer(List.copyOf(labels), end);
    }

    private static String bare(String item) {
        int start = 0;
        int end = item.length();
        while (start < end && !Character.isLetterOrDigit(item.charAt(start))) {
            start++;
        }
        while (end > start && !Character.isLetterOrDigit(item.charAt(end - 1))) {
            end--;
        }
        return item.substring(start, end);
    }

    private static String beforeCue(String message) {
        Matcher cue = CUE.matcher(message);
        return cue.find() ? message.substring(0, cue.start()) : message;
    }

    static String best(List<String> labels, String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        String best = "";
        int most = 0;
        for (String label : labels) {
            int score = score(label, lower);
            if (score > most) {
                most = score;
                best = label;
            }
        }
        return most > 0 ? best : fallback(labels, message);
    }

    private static int score(String label, String message) {
        String lower = label.toLowerCase(Locale.ROOT);
        int score = message.contains(lower) ? 3 : 0;
        for (Topic topic : Topic.values()) {
            if (topic.names(lower)) {
                score += topic.hits(message);
            }
        }
        return score;
    }

    private static String fallback(List<String> labels, String message) {
        for (String label : labels) {
            if (Topic.REST.names(label.toLowerCase(Locale.ROOT))) {
                return label;
            }
        }
        return labels.get(Math.floorMod(message.hashCode(), labels.size()));
    }
}
