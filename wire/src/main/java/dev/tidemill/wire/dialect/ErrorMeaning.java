package dev.tidemill.wire.dialect;

import java.util.Locale;

/**
 * What a provider's error means for whoever has to decide: wait, ask another provider, tell the client, or wake the operator. Read from the
 * provider's words where they are known ({@link ErrorTable}), and from the HTTP status where they are not.
 */
public enum ErrorMeaning {
    /** It refuses our key, or the key may not do this. */
    CREDENTIAL,
    /** Our account with it is empty, in debt or past what it may spend. */
    CREDIT,
    /** Too much in too short a time; later it goes again. See {@link #isDaily}. */
    RATE_LIMITED,
    /** It has too much to do, whoever asks. */
    OVERLOADED,
    /** It does not know the model, or does not give it to us. */
    MODEL_MISSING,
    /** The request is longer than the model can read. */
    CONTEXT_LENGTH,
    /** It will not answer this. */
    CONTENT_POLICY,
    /** The model cannot go on from an answer that has begun. */
    PREFILL_REFUSED,
    /** The client has to change the request for another reason. */
    INVALID_REQUEST,
    /** It failed. */
    SERVER,
    /** It took too long. */
    TIMEOUT,
    /** It does not say. */
    UNKNOWN;

    /** Characters of a message that are looked at. */
    private static final int LOOKED_AT = 4096;

    /**
     * The meaning of an error.
     *
     * @param status of HTTP, whatever it is: 200 for an error inside a stream
     */
    public static ErrorMeaning of(int status, ProviderError error) {
        String code = lower(error.code());
        int stated = stated(status, error, code);
        ErrorMeaning known = ErrorTable.find(stated, code, lower(error.type()), message(error));
        return known == null ? ofStatus(stated) : known;
    }

    /** Whether a rate limit is one of a whole day, so that a few minutes change nothing. Looked for in code and message. */
    public static boolean isDaily(ProviderError error) {
        return ErrorTable.isDaily(lower(error.code()), message(error));
    }

    /** The status that counts: the one the error names itself, as its status or as its code, before that of HTTP; 0: none is an error's. */
    private static int stated(int status, ProviderError error, String code) {
        if (error.status() >= 400 && error.status() <= 599) {
            return error.status();
        }
        if (code.length() == 3 && (code.charAt(0) == '4' || code.charAt(0) == '5')) {
            int number = digits(code);
            if (number >= 400) {
                return number;
            }
        }
        return status >= 400 ? status : 0;
    }

    private static int digits(String code) {
        int number = 0;
        for (int i = 0; i < code.length(); i++) {
            int digit = code.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private static ErrorMeaning ofStatus(int status) {
        return switch (status) {
            case 401, 403 -> CREDENTIAL;
            case 402 -> CREDIT;
            case 408, 504, 524 -> TIMEOUT;
            case 429 -> RATE_LIMITED;
            case 503, 529 -> OVERLOADED;
            default -> status >= 500 ? SERVER : status >= 400 ? INVALID_REQUEST : UNKNOWN;
        };
    }

    private static String message(ProviderError error) {
        String message = error.message();
        return lower(message.length() > LOOKED_AT ? message.substring(0, LOOKED_AT) : message);
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
