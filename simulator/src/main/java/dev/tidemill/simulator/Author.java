package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.Json;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.Usage;
import dev.tidemill.simulator.text.Labels;
import dev.tidemill.simulator.text.Prose;
import dev.tidemill.simulator.text.Tokens;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Decides what is answered: a tool call, the fixed text, a label of those the prompt offers, or prose in the prompt's language. */
final class Author {
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final long seed;
    private final InstantSource clock;
    private final AtomicLong ids = new AtomicLong();

    Author(long seed, InstantSource clock) {
        this.seed = seed;
        this.clock = clock;
    }

    Said compose(Ask ask, Behaviour behaviour, Faults faults) {
        long id = ids.incrementAndGet();
        long own = seed ^ (ask.message().hashCode() * MIX) ^ other(behaviour.vary(), id);
        boolean chinese = Tokens.isChinese(ask.message());
        int limit = ask.maxTokens() < 0 ? Integer.MAX_VALUE : Math.max(1, ask.maxTokens());
        List<String> reasoning = behaviour.reasoning() == 0 || !ask.prefill().isEmpty()
                ? List.of()
                : Prose.tokens(own + 1, chinese, Math.min(behaviour.reasoning(), limit));
        List<String> tokens = words(ask, behaviour, own, chinese);
        int calls = 0;
        if (behaviour.tools() && ask.tool() != null) {
            calls = behaviour.calls();
            String arguments = arguments(ask, own, chinese);
            tokens = faults.has(FaultKind.TOOL_SPLIT) ? characters(arguments) : Tokens.split(arguments);
        }
        List<String> preface = calls == 0 || behaviour.preface() == 0
                ? List.of()
                : Prose.tokens(own + 2, chinese, Math.min(behaviour.preface(), limit - reasoning.size()));
        int room = limit - reasoning.size() - preface.size();
        boolean cut = tokens.size() * Math.max(1, calls) > room;
        List<String> kept = cut ? tokens.subList(0, Math.max(0, room / Math.max(1, calls))) : tokens;
        Said.End end = cut ? Said.End.LENGTH : calls > 0 ? Said.End.CALLS : Said.End.STOP;
        Fault ending = ending(faults);
        if (ending != null) {
            kept = kept.subList(0, Math.min(kept.size(), ending.count("after")));
            end = ending.kind() == FaultKind.FINISH_ERROR ? Said.End.FAILED : Said.End.REFUSED;
        }
        int completion = reasoning.size() + preface.size() + kept.size() * Math.max(1, calls);
        Usage usage = new Usage(ask.promptTokens(), (long) completion * ask.choices(), reasoning.size());
        return new Said(
                id,
                clock.instant().getEpochSecond(),
                model(ask, faults),
                reasoning,
                preface,
                kept,
                calls,
                end,
                usage,
                form(faults));
    }

    private static String model(Ask ask, Faults faults) {
        Fault fault = faults.find(FaultKind.MODEL_NAME);
        return fault == null ? ask.model() : fault.text("name");
    }

    private static Usage.Form form(Faults faults) {
        Fault fault = faults.find(FaultKind.USAGE);
        return fault == null
                ? Usage.Form.USUAL
                : Usage.Form.valueOf(fault.text("form").toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** The fault that ends the answer for a reason of its own, or null. */
    private static @Nullable Fault ending(Faults faults) {
        Fault refusal = faults.find(FaultKind.CONTENT_FILTER);
        return refusal != null && refusal.text("as").equals("finish") ? refusal : faults.find(FaultKind.FINISH_ERROR);
    }

    /** What makes the words of one answer others than those of the next, 0 when they are to be the same. */
    private static long other(int vary, long id) {
        return vary == 0 ? 0 : (vary * MIX + id) * 0xBF58476D1CE4E5B9L;
    }

    /** The words, from where a text that was begun leaves off; a beginning that is no beginning of them is passed over. */
    private static List<String> words(Ask ask, Behaviour behaviour, long seed, boolean chinese) {
        List<String> all = wholeWords(ask, behaviour, seed, chinese);
        if (ask.prefill().isEmpty()) {
            return all;
        }
        String text = String.join("", all);
        return text.startsWith(ask.prefill())
                ? Tokens.split(text.substring(ask.prefill().length()))
                : all;
    }

    private static List<String> wholeWords(Ask ask, Behaviour behaviour, long seed, boolean chinese) {
        String text = behaviour.text();
        if (text != null) {
            return Tokens.split(text);
        }
        String label = label(ask);
        return label != null ? Tokens.split(label) : Prose.tokens(seed, chinese, behaviour.tokens());
    }

    private static @Nullable String label(Ask ask) {
        return Labels.choose(ask.instructions(), ask.message());
    }

    private static List<String> characters(String text) {
        return text.codePoints().mapToObj(Character::toString).toList();
    }

    private static String arguments(Ask ask, long seed, boolean chinese) {
        List<String> fields = new ArrayList<>();
        for (String field : ask.toolFields()) {
            String value = String.join("", Prose.tokens(seed + fields.size(), chinese, 4));
            fields.add(Json.quoted(field) + ": " + Json.quoted(value));
        }
        return "{" + String.join(", ", fields) + "}";
    }
}
