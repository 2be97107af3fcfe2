package dev.tidemill.simulator.relayed;

/**
 * What programs call an error, in each API.
 *
 * @param openai the code, else the type
 * @param anthropic likewise
 * @param gemini the status
 */
public record ErrorName(String openai, String anthropic, String gemini) {
    /** An error of the relay's own: a code, but for Gemini, whose errors have none beyond the status. */
    static ErrorName ours(int status, String code) {
        return new ErrorName(code, code, status == 504 ? "DEADLINE_EXCEEDED" : "UNAVAILABLE");
    }

    /** The provider's own. */
    static ErrorName its(String openai, String anthropic, String gemini) {
        return new ErrorName(openai, anthropic, gemini);
    }

    String in(Api api) {
        return switch (api) {
            case CHAT, RESPONSES -> openai;
            case MESSAGES -> anthropic;
            case GEMINI -> gemini;
        };
    }
}
