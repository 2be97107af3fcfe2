package dev.tidemill.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the provider answers: pace, length, words and faults. Values are changed by notation, the same one that model names, the
 * {@code x-sim-fault} header and scenario files use: {@code Behaviour.of("ttft=300ms+speed=50+stall-after=3")}.
 *
 * @param headers time before the head of a streamed answer
 * @param ttft time to the first token, from the end of the request
 * @param speed tokens a second after the first; 0: all at once
 * @param jitter how far each gap may stray from the mean, 0 to 1 as a share of it
 * @param tokens length of an answer
 * @param text the words of each answer, or null for seeded prose or a label
 * @param reasoning tokens of reasoning before the answer
 * @param tools whether a request that brings tools is answered with a call of the first
 * @param calls how many calls that answer has
 * @param preface tokens of words before those calls
 * @param rpm requests a minute a key may ask before it gets 429, also told in {@code x-ratelimit-*}; 0: no limit
 * @param concurrency requests at once before 429; 0: no limit
 * @param limits whose headers tell the limits, or null for the protocol's own where {@code rpm} is set
 * @param vary 0: the same question gets the same words; otherwise each answer has others, as this number decides
 * @param noPrefill whether a conversation that ends with the assistant's words is refused
 * @param faults what goes wrong
 */
public record Behaviour(
        Duration headers,
        Duration ttft,
        double speed,
        double jitter,
        int tokens,
        @Nullable String text,
        int reasoning,
        boolean tools,
        int calls,
        int preface,
        int rpm,
        int concurrency,
        @Nullable Vendor limits,
        int vary,
        boolean noPrefill,
        List<Fault> faults) {
    private static final Behaviour PLAIN = new Behaviour(
            Duration.ZERO, Duration.ZERO, 0, 0, 24, null, 0, false, 1, 0, 0, 0, null, 0, false, List.of());

    public Behaviour {
        faults = List.copyOf(faults);
    }

    /** Answers at once with 24 tokens, and nothing goes wrong. */
    public static Behaviour plain() {
        return PLAIN;
    }

    /**
     * A plain behaviour with settings and faults in notation.
     *
     * @throws BadNotation when it names something unknown or gives a value that cannot be
     */
    public static Behaviour of(String notation) {
        return PLAIN.with(notation);
    }

    /**
     * This behaviour with further settings and faults; a fault already there is replaced by one of the same kind.
     *
     * @throws BadNotation when it names something unknown or gives a value that cannot be
     */
    public Behaviour with(String notation) {
        return Notation.apply(this, notation);
    }

    Behaviour with(Fault fault) {
        Map<FaultKind, Fault> byKind = new EnumMap<>(FaultKind.class);
        faults.forEach(old -> byKind.put(old.kind(), old));
        byKind.put(fault.kind(), fault);
        return withFaults(new ArrayList<>(byKind.values()));
    }

    private Behaviour withFaults(List<Fault> changed) {
        return new Behaviour(
                headers,
                ttft,
                speed,
                jitter,
                tokens,
                text,
                reasoning,
                tools,
                calls,
                preface,
                rpm,
                concurrency,
                limits,
                vary,
                noPrefill,
                changed);
    }

    /** This behaviour with one setting changed, whose value has been checked. */
    Behaviour with(Setting setting, String value) {
        return new Behaviour(
                setting == Setting.HEADERS ? setting.time(value) : headers,
                setting == Setting.TTFT ? setting.time(value) : ttft,
                setting == Setting.SPEED ? Parameter.decimal(value) : speed,
                setting == Setting.JITTER ? Parameter.chance(value) : jitter,
                setting == Setting.TOKENS ? setting.count(value) : tokens,
                setting == Setting.TEXT ? value : text,
                setting == Setting.REASONING ? setting.count(value) : reasoning,
                setting == Setting.TOOLS ? setting.count(value) > 0 : tools,
                setting == Setting.TOOLS ? Math.max(1, setting.count(value)) : calls,
                setting == Setting.PREFACE ? setting.count(value) : preface,
                setting == Setting.RPM ? setting.count(value) : rpm,
                setting == Setting.CONCURRENCY ? setting.count(value) : concurrency,
                setting == Setting.LIMITS ? Vendor.labelled(value) : limits,
                setting == Setting.VARY ? setting.count(value) : vary,
                setting == Setting.NO_PREFILL ? value.equals("yes") : noPrefill,
                faults);
    }
}
