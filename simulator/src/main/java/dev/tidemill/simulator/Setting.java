package dev.tidemill.simulator;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What can be set about an answer that is right: its pace, its length, its words. */
@SuppressWarnings("ImmutableEnumChecker") // the list inside a parameter is a copy that cannot be changed
public enum Setting {
    HEADERS("time before the head of a stream", Parameter.time("headers", "0ms")),
    TTFT("time to the first token", Parameter.time("ttft", "0ms")),
    SPEED("tokens a second after the first; 0: all at once", Parameter.text("speed", "0")),
    JITTER("how far each gap may stray, as a share of it", Parameter.chance("jitter", "0")),
    TOKENS("length of the answer in tokens, 1 to 1,000,000", Parameter.number("tokens", 24)),
    TEXT("the words of the answer", Parameter.text("text", "")),
    REASONING("tokens of reasoning before the answer", Parameter.number("reasoning", 0)),
    TOOLS("calls of the request's tools instead of words", Parameter.number("tools", 0)),
    PREFACE("tokens of words before those calls", Parameter.number("preface", 0)),
    RPM("requests a minute and key, beyond them 429; 0: no limit", Parameter.number("rpm", 0)),
    CONCURRENCY("requests at once, beyond them 429; 0: no limit", Parameter.number("concurrency", 0)),
    LIMITS(
            "whose headers tell the limits: openai, azure, anthropic, groq, mistral, xai, together, gemini (none)",
            new Parameter("limits", Parameter.Type.WORD, "openai", Vendor.labels())),
    VARY(
            "each answer has other words; servers with different numbers differ; 0: the same words always",
            Parameter.number("vary", 0)),
    NO_PREFILL(
            "a conversation that ends with the assistant's words is refused",
            Parameter.word("no-prefill", "yes", "no"));

    private static final int MOST = 1_000_000;

    private final String meaning;
    private final Parameter value;

    Setting(String meaning, Parameter value) {
        this.meaning = meaning;
        this.value = value;
    }

    /** What it sets, in half a sentence. */
    public String meaning() {
        return meaning;
    }

    /** The value it takes. */
    public Parameter value() {
        return value;
    }

    /** The name as it is written. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static @Nullable Setting labelled(String label) {
        for (Setting setting : values()) {
            if (setting.label().equals(label)) {
                return setting;
            }
        }
        return null;
    }

    /** The value when the name stands alone. */
    String bare() {
        return switch (this) {
            case LIMITS, NO_PREFILL -> value.standard();
            case VARY -> "1";
            default -> "";
        };
    }

    @Nullable
    String fault(String written) {
        String fault = value.fault(written);
        if (fault != null) {
            return fault;
        }
        long lowest = this == TOKENS ? 1 : 0;
        boolean bounded = value.type() == Parameter.Type.NUMBER;
        if (bounded && (Parameter.number(written) < lowest || Parameter.number(written) > MOST)) {
            return label() + ": " + written + " (expected: " + lowest + " to " + MOST + ")";
        }
        if (this == TOOLS && count(written) > 16) {
            return "tools: " + written + " (expected: 0 to 16)";
        }
        if (this == SPEED && Double.isNaN(Parameter.decimal(written))) {
            return "speed: " + written + " (expected: tokens a second, 0 for all at once)";
        }
        return null;
    }

    int count(String written) {
        return (int) Parameter.number(written);
    }

    Duration time(String written) {
        return Objects.requireNonNull(Parameter.time(written));
    }
}
