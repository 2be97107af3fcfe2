package dev.tidemill.core.route;

/** The wire protocol a provider speaks. */
public enum Protocol {
    OPENAI,
    ANTHROPIC,
    GEMINI
}
