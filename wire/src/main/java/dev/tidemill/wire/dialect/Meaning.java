package dev.tidemill.wire.dialect;

/** What an event means: the bits that {@link AnswerStream#look} answers with. */
public final class Meaning {
    /** Holds content: text, reasoning, refusal, tool calls, audio, images. Reliable up to the first one. */
    public static final int CONTENT = 1;
    /** One of the answers asked for is at its end. */
    public static final int FINISH = 2;
    /** Holds usage, which {@link AnswerStream#usage} has from now on. */
    public static final int USAGE = 4;
    /** Is the provider's own error, or an answer given up. */
    public static final int ERROR = 8;
    /** Ends the stream: nothing may follow. */
    public static final int LAST = 16;
    /** Holds usage and nothing else: the extra chunk that comes when usage was asked for. */
    public static final int USAGE_ONLY = 32;
    /** Cannot be parsed. */
    public static final int BAD = 64;
    /** Says only that the provider lives. */
    public static final int PING = 128;

    private Meaning() {}
}
