package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.RequestHead;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which requests behave differently. Of the rules that fit a request, the first whose occasion has come decides.
 *
 * @param model fits the model's name
 * @param path fits the path, {@code /v1/v1/} made single
 * @param header name of a header that must be there, in small letters, or null
 * @param headerValue fits that header's value
 * @param when at which chance and how often
 * @param behaviour how those requests are answered
 * @param raw bytes to answer with instead, or empty
 */
public record Rule(
        Glob model,
        Glob path,
        @Nullable String header,
        Glob headerValue,
        Occasion when,
        Behaviour behaviour,
        List<RawStep> raw) {
    public Rule {
        raw = List.copyOf(raw);
        header = header == null ? null : header.toLowerCase(Locale.ROOT);
    }

    /** A behaviour for the models that fit a pattern. */
    public static Rule forModel(String pattern, Behaviour behaviour) {
        return new Rule(new Glob(pattern), Glob.ANY, null, Glob.ANY, Occasion.ALWAYS, behaviour, List.of());
    }

    /** A behaviour for requests with a header of this value, such as one key: {@code forHeader("authorization", "Bearer k1", …)}. */
    public static Rule forHeader(String name, String pattern, Behaviour behaviour) {
        return new Rule(Glob.ANY, Glob.ANY, name, new Glob(pattern), Occasion.ALWAYS, behaviour, List.of());
    }

    /** A scripted answer for the models that fit a pattern. */
    public static Rule rawFor(String pattern, List<RawStep> raw) {
        return new Rule(new Glob(pattern), Glob.ANY, null, Glob.ANY, Occasion.ALWAYS, Behaviour.plain(), raw);
    }

    /** This rule at a chance from 0 to 1, at most so many times, after so many requests it would have fitted. */
    public Rule when(double chance, long times, long skip) {
        return new Rule(model, path, header, headerValue, new Occasion(chance, times, skip), behaviour, raw);
    }

    boolean fits(RequestHead head, String asked) {
        if (!model.fits(asked) || !path.fits(head.path())) {
            return false;
        }
        if (header == null) {
            return true;
        }
        String value = head.header(header);
        return value != null && headerValue.fits(value);
    }
}
