package dev.tidemill.wire.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The grammar of RFC 9112 and 9110 as regular expressions: slow, plain, and written apart from the parser it judges. */
final class Grammar {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]++";
    private static final String VALUE = "[\\t\\x20-\\x7e\\x80-\\xff]*+";
    private static final String FIELDS = "(?:" + TOKEN + ":" + VALUE + "\\r\\n)*+\\r\\n";
    private static final String PCHAR = "(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})";
    // Brackets in queries are beyond RFC 3986, and the one liberty taken: providers document them so.
    private static final String PATH = "(?:/" + PCHAR + "*+)";
    private static final String QUERY = "(?:\\?(?:" + PCHAR + "|[?\\[\\]])*+)?+";
    private static final String HOST = "(?:\\[[0-9A-Fa-f:.]++\\]|[A-Za-z0-9._~-]++)(?::[0-9]*+)?+";
    private static final String TARGET =
            "(?:" + PATH + QUERY + "|(?i:https?)://" + HOST + PATH + "?+" + QUERY + "|\\*|" + HOST + ")";

    private static final Pattern REQUEST =
            Pattern.compile("(?:\\r\\n){0,2}+" + TOKEN + " " + TARGET + " HTTP/1\\.[01]\\r\\n" + FIELDS);
    private static final Pattern RESPONSE = Pattern.compile("HTTP/1\\.[01] [1-5][0-9]{2} " + VALUE + "\\r\\n" + FIELDS);

    private static final String QUOTED =
            "\"(?:[\\t\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t\\x20-\\x7e\\x80-\\xff])*+\"";
    private static final Pattern SIZE =
            Pattern.compile("([0-9A-Fa-f]{1,16}+)(?:;" + TOKEN + "(?:=(?:" + TOKEN + "|" + QUOTED + "))?+)*+\\r\\n");
    private static final Pattern TRAILERS = Pattern.compile(FIELDS);

    private Grammar() {}

    /** Where the head at from ends, or -1 when there is none that the grammar allows. */
    static int head(boolean request, String text, int from) {
        Matcher matcher = (request ? REQUEST : RESPONSE).matcher(text).region(from, text.length());
        return matcher.lookingAt() ? matcher.end() : -1;
    }

    /** Where the chunked body at from ends, or -1; its payload is appended. */
    static int chunked(String text, int from, StringBuilder payload) {
        int at = from;
        while (true) {
            Matcher size = SIZE.matcher(text).region(at, text.length());
            if (!size.lookingAt()) {
                return -1;
            }
            long length = Long.parseUnsignedLong(size.group(1), 16);
            at = size.end();
            if (length == 0) {
                Matcher trailers = TRAILERS.matcher(text).region(at, text.length());
                return trailers.lookingAt() ? trailers.end() : -1;
            }
            if (length < 0 || at + length + 2 > text.length() || !text.startsWith("\r\n", (int) (at + length))) {
                return -1;
            }
            payload.append(text, at, (int) (at + length));
            at += (int) length + 2;
        }
    }
}
