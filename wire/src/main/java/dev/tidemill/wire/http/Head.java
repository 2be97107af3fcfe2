package dev.tidemill.wire.http;

import static dev.tidemill.wire.http.HttpException.bad;
import static dev.tidemill.wire.http.HttpException.shown;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request or an answer, as offsets into the bytes it was parsed from; it holds no copy. Reusable, and for one thread. What is called
 * before a head is complete, or after its bytes were overwritten, answers nonsense.
 *
 * <p><b>Strict.</b> What RFC 9112 lets a recipient repair is refused instead: bare LF or CR, folded lines, space before a colon, and whatever
 * {@link Meaning} says about lengths. Beyond it, names and values hold no control characters but HTAB in values.
 *
 * <p><b>Left to right.</b> A head may arrive in pieces of any size. Parsing goes on where it stopped, so a peer that drips costs no more than one
 * that does not, and whether and why a head is refused depends on its bytes alone, never on how they were split. Offsets are kept relative to the
 * start, so the bytes may move between calls.
 */
public final class Head {
    /** The head does not end within the bytes given so far. */
    public static final int INCOMPLETE = -1;

    public static final int DEFAULT_MAX_BYTES = 64 * 1024;
    public static final int DEFAULT_MAX_HEADERS = 128;

    private static final byte[] NOTHING = {};
    private static final int MAX_BLANK_LINES = 2;
    /** Room from the start; each connection has a head, and few ever need the most. */
    private static final int USUAL_HEADERS = 32;

    // A field's offsets within spans.
    private static final int LINE = 0;
    private static final int NAME_TO = 1;
    private static final int VALUE = 2;
    private static final int VALUE_TO = 3;
    private static final int LINE_TO = 4;
    private static final int SPAN = 5;

    private enum Phase {
        START,
        FIELDS,
        DONE
    }

    private final int maxBytes;
    private final int maxHeaders;
    private int[] spans;
    private Header[] known;
    private final int[] first = new int[Header.COUNT];
    private final int[] times = new int[Header.COUNT];
    private final StartLine start = new StartLine();
    private final Meaning meaning = new Meaning();

    private byte[] bytes = NOTHING;
    private int base;
    private Phase phase = Phase.START;
    private @Nullable HttpException fault;
    private int blankLines;
    private int count;
    // Where parsing stopped, relative to base: the line's start, the next byte to look at, and the colon of the line or
    // -1.
    private int line;
    private int at;
    private int colon;

    /**
     * @param maxBytes the largest head taken, first line and blank lines before it included; more is 431
     * @param maxHeaders the most fields taken; more is 431
     */
    public Head(int maxBytes, int maxHeaders) {
        if (maxBytes < 16 || maxHeaders < 1) {
            throw new IllegalArgumentException(
                    "maxBytes: " + maxBytes + ", maxHeaders: " + maxHeaders + " (expected: >= 16, >= 1)");
        }
        this.maxBytes = maxBytes;
        this.maxHeaders = maxHeaders;
        known = new Header[Math.min(maxHeaders, USUAL_HEADERS)];
        spans = new int[known.length * SPAN];
        colon = -1;
        Arrays.fill(first, -1);
    }

    public Head() {
        this(DEFAULT_MAX_BYTES, DEFAULT_MAX_HEADERS);
    }

    /** Forgets the message, before another. */
    public void clear() {
        for (int i = 0; i < count; i++) { // the few that were there
            int index = known[i].index();
            first[index] = -1;
            times[index] = 0;
        }
        bytes = NOTHING;
        base = 0;
        phase = Phase.START;
        fault = null;
        blankLines = 0;
        count = 0;
        line = 0;
        at = 0;
        colon = -1;
    }

    /** The bytes of the head were moved within their array: it starts at newFrom now. */
    public void rebase(int newFrom) {
        base = newFrom;
    }

    /** The bytes of the head were moved to another array. */
    public void rebase(byte[] a, int newFrom) {
        bytes = a;
        base = newFrom;
    }

    /**
     * Looks for the head of a request in a[from,to), going on where the last call stopped; from must be where the same head starts.
     *
     * @return the offset just behind the head, or {@link #INCOMPLETE}
     * @throws HttpException when no continuation can make this a head; every later call throws the same until {@link #clear}
     */
    public int request(byte[] a, int from, int to) throws HttpException {
        return parse(a, from, to, true, false);
    }

    /**
     * Like {@link #request} for the head of an answer.
     *
     * @param toHead whether it answers a HEAD request, and so has no body whatever it says
     */
    public int response(byte[] a, int from, int to, boolean toHead) throws HttpException {
        return parse(a, from, to, false, toHead);
    }

    private int parse(byte[] a, int from, int to, boolean request, boolean toHead) throws HttpException {
        bytes = a;
        base = from;
        if (fault != null) {
            throw fault;
        }
        try {
            // Never look beyond the limit: whether a head is too large must not depend on what came with it.
            int limit = to - from > maxBytes ? from + maxBytes : to;
            if (phase == Phase.START && startLine(a, limit, request)) {
                phase = Phase.FIELDS;
            }
            if (phase == Phase.FIELDS && fields(a, limit)) {
                if (request) {
                    meaning.request(this);
                } else {
                    meaning.response(this, toHead);
                }
                phase = Phase.DONE;
            }
            if (phase == Phase.DONE) {
                return base + at;
            }
            if (limit - from == maxBytes) {
                throw new HttpException(
                        431, "head_too_large", "head: > " + maxBytes + " bytes (expected: <= " + maxBytes + ")");
            }
            return INCOMPLETE;
        } catch (HttpException e) {
            fault = e;
            throw e;
        }
    }

    private boolean startLine(byte[] a, int limit, boolean request) throws HttpException {
        while (base + line < limit) {
            int from = base + line;
            if (request && a[from] == Octets.CR) {
                if (from + 1 == limit) {
                    return false;
                }
                if (a[from + 1] != Octets.LF || ++blankLines > MAX_BLANK_LINES) {
                    throw bad(
                            "blank_lines",
                            "before the request line: more than blank lines, or more of them than taken (expected: <= "
                                    + MAX_BLANK_LINES + ")");
                }
                line += 2;
                at = line;
                continue;
            }
            if (!Octets.token(a[from])) {
                throw bad(
                        "start_line_invalid",
                        "first byte: " + shown(a[from]) + " (expected: " + (request ? "a method" : "HTTP/1.1") + ")");
            }
            int lf = Octets.lineFeed(a, base + at, limit);
            if (lf - from > StartLine.MAX_LENGTH) {
                throw new HttpException(
                        414,
                        "start_line_too_long",
                        "first line: > " + StartLine.MAX_LENGTH + " bytes (expected: <= " + StartLine.MAX_LENGTH + ")");
            }
            at = lf - base;
            if (lf == limit) {
                return false;
            }
            if (a[lf - 1] != Octets.CR) {
                throw bad("line_end_invalid", "first line: ends with a bare line feed (expected: CR LF)");
            }
            if (request) {
                start.request(a, base, from, lf - 1);
            } else {
                start.response(a, from, lf - 1);
            }
            line = lf + 1 - base;
            at = line;
            return true;
        }
        return false;
    }

    /** Reads field lines up to and with the empty one. False: more bytes are needed. */
    private boolean fields(byte[] a, int limit) throws HttpException {
        int i = base + at;
        while (true) {
            if (colon < 0) {
                int from = base + line;
                while (i < limit && Octets.token(a[i])) {
                    i++;
                }
                at = i - base;
                if (i == limit) {
                    return false;
                }
                if (a[i] != ':' || i == from) {
                    if (a[i] == Octets.CR && i == from) {
                        return emptyLine(a, i, limit);
                    }
                    throw badName(a, from, i);
                }
                if (count == maxHeaders) {
                    throw new HttpException(
                            431,
                            "headers_too_many",
                            "header fields: > " + maxHeaders + " (expected: <= " + maxHeaders + ")");
                }
                colon = i - base;
                i++;
            }
            i = Octets.control(a, i, limit);
            while (i < limit && a[i] == Octets.TAB) {
                i = Octets.control(a, i + 1, limit);
            }
            at = i - base;
            if (i == limit || (a[i] == Octets.CR && i + 1 == limit)) {
                return false;
            }
            if (a[i] != Octets.CR || a[i + 1] != Octets.LF) {
                throw badValue(a, i);
            }
            add(a, i);
            i += 2;
            line = i - base;
            at = line;
            colon = -1;
        }
    }

    private boolean emptyLine(byte[] a, int i, int limit) throws HttpException {
        if (i + 1 == limit) {
            return false;
        }
        if (a[i + 1] != Octets.LF) {
            throw bad("line_end_invalid", "end of head: CR " + shown(a[i + 1]) + " (expected: CR LF)");
        }
        at = i + 2 - base;
        return true;
    }

    private void add(byte[] a, int end) throws HttpException {
        int valueFrom = base + colon + 1;
        int valueTo = end;
        while (valueFrom < valueTo && (a[valueFrom] == ' ' || a[valueFrom] == Octets.TAB)) {
            valueFrom++;
        }
        while (valueTo > valueFrom && (a[valueTo - 1] == ' ' || a[valueTo - 1] == Octets.TAB)) {
            valueTo--;
        }
        if (count == known.length) {
            known = Arrays.copyOf(known, Math.min(maxHeaders, 2 * count));
            spans = Arrays.copyOf(spans, known.length * SPAN);
        }
        int span = count * SPAN;
        spans[span + LINE] = line;
        spans[span + NAME_TO] = colon;
        spans[span + VALUE] = valueFrom - base;
        spans[span + VALUE_TO] = valueTo - base;
        spans[span + LINE_TO] = end + 2 - base;
        Header header = HeaderNames.of(a, base + line, base + colon);
        if (header == Header.OTHER && HeaderNames.confusing(a, base + line, base + colon)) {
            throw bad(
                    "header_name_confusing",
                    "header " + shown(a, base + line, base + colon)
                            + " (expected: dashes; some read underscores as such)");
        }
        known[count] = header;
        int index = header.index();
        if (times[index]++ == 0) {
            first[index] = count;
        }
        count++;
    }

    private HttpException badName(byte[] a, int from, int at) {
        byte c = a[at];
        if (at == from && (c == ' ' || c == Octets.TAB)) {
            return bad(
                    "line_folded",
                    "header line starts with " + shown(c) + " (expected: a field name; folded lines are not taken)");
        }
        // The bytes before may be anything, a key among them: they are not shown.
        String where = "field " + (count + 1) + ": " + shown(c) + " behind " + (at - from) + " bytes of a name";
        if (c == Octets.LF) {
            return bad("line_end_invalid", where + " (expected: a colon, and lines that end with CR LF)");
        }
        return bad("header_name_invalid", where + " (expected: a token and a colon at once)");
    }

    private HttpException badValue(byte[] a, int at) {
        String name = shown(a, base + line, base + colon);
        byte c = a[at];
        if (c == Octets.LF || c == Octets.CR) {
            return bad("line_end_invalid", "header " + name + ": bare " + shown(c) + " (expected: CR LF)");
        }
        return bad(
                "header_value_invalid",
                "header " + name + ": " + shown(c) + " at offset " + (at - base - colon - 1)
                        + " (expected: no control characters)");
    }

    /** The array last parsed from. */
    public byte[] bytes() {
        return bytes;
    }

    public Method method() {
        return start.method;
    }

    public int methodFrom() {
        return base + start.methodFrom;
    }

    public int methodTo() {
        return base + start.methodTo;
    }

    /** The request target as it came, in whichever form. */
    public int targetFrom() {
        return base + start.targetFrom;
    }

    public int targetTo() {
        return base + start.targetTo;
    }

    /** The host and port of a target in absolute or authority form; empty otherwise. */
    public int authorityFrom() {
        return base + start.hostFrom;
    }

    public int authorityTo() {
        return base + start.hostTo;
    }

    /** The path, neither decoded nor normalised; empty for CONNECT and for an absolute form without path, which means {@code /}. */
    public int pathFrom() {
        return base + start.pathFrom;
    }

    public int pathTo() {
        return base + start.pathTo;
    }

    /** The query without its question mark; empty when there is none. */
    public int queryFrom() {
        return base + start.queryFrom;
    }

    public int queryTo() {
        return base + start.queryTo;
    }

    /** The path as a string, {@code /} for an absolute form without path; {@code ""} for CONNECT. */
    public String path() {
        if (start.pathFrom == start.pathTo) {
            return start.method == Method.CONNECT ? "" : "/";
        }
        return text(pathFrom(), pathTo());
    }

    public String query() {
        return text(queryFrom(), queryTo());
    }

    /** 0 or 1, of HTTP/1.x. */
    public int minorVersion() {
        return start.minor;
    }

    /** 100 to 599. */
    public int status() {
        return start.status;
    }

    /** How many fields there are. */
    public int count() {
        return count;
    }

    public int nameFrom(int i) {
        return base + spans[i * SPAN + LINE];
    }

    public int nameTo(int i) {
        return base + spans[i * SPAN + NAME_TO];
    }

    /** Where the value of field i starts, white space around it left out. */
    public int valueFrom(int i) {
        return base + spans[i * SPAN + VALUE];
    }

    public int valueTo(int i) {
        return base + spans[i * SPAN + VALUE_TO];
    }

    /** Where the line of field i starts. */
    public int lineFrom(int i) {
        return base + spans[i * SPAN + LINE];
    }

    /** The offset behind the line of field i, its CR LF included. */
    public int lineTo(int i) {
        return base + spans[i * SPAN + LINE_TO];
    }

    public Header known(int i) {
        return known[i];
    }

    /** The first field of this name, or -1. */
    public int find(Header header) {
        return first[header.index()];
    }

    /** How often the field occurs. */
    public int count(Header header) {
        return times[header.index()];
    }

    /** The first field of this name, or -1; for names that are no {@link Header}. */
    public int find(String lowerCaseName) {
        for (int i = 0; i < count; i++) {
            if (Octets.same(bytes, nameFrom(i), nameTo(i), lowerCaseName)) {
                return i;
            }
        }
        return -1;
    }

    /** The name of field i as it came. */
    public String name(int i) {
        return text(nameFrom(i), nameTo(i));
    }

    /** The value of field i, one character for each byte. */
    public String value(int i) {
        return text(valueFrom(i), valueTo(i));
    }

    /** Whether the value of field i is this text, in whatever case. */
    public boolean valueIs(int i, String asciiLowerCase) {
        return Octets.same(bytes, valueFrom(i), valueTo(i), asciiLowerCase);
    }

    /** Whether the value of field i begins with this text, in whatever case. */
    public boolean valueStarts(int i, String asciiLowerCase) {
        return Octets.startsWith(bytes, valueFrom(i), valueTo(i), asciiLowerCase);
    }

    /** Whether field i concerns this connection alone, by its nature or because {@code Connection} names it, and must not be passed on. */
    public boolean hopByHop(int i) {
        return known[i].hopByHop() || (meaning.namesOthers && known[i] == Header.OTHER && namedByConnection(i));
    }

    private boolean namedByConnection(int field) {
        for (int i = 0; i < count; i++) {
            if (known[i] == Header.CONNECTION
                    && Octets.listed(bytes, valueFrom(i), valueTo(i), nameFrom(field), nameTo(field))) {
                return true;
            }
        }
        return false;
    }

    public Framing framing() {
        return meaning.framing;
    }

    /** What {@code Content-Length} says, or -1. An answer to HEAD and a 304 may say so without having a body. */
    public long contentLength() {
        return meaning.contentLength;
    }

    /** Whether the connection may serve another message after this one. */
    public boolean keepAlive() {
        return meaning.keepAlive;
    }

    /** Whether the client waits for 100 before it sends the body. */
    public boolean expectContinue() {
        return meaning.expectContinue;
    }

    /** Whether the peer asks for another protocol. May be ignored. */
    public boolean upgrade() {
        return meaning.upgrade;
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
