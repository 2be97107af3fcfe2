package dev.tidemill.bench.fuzz;

import dev.tidemill.wire.http.Framing;
import dev.tidemill.wire.http.Head;
import dev.tidemill.wire.http.HttpException;
import dev.tidemill.wire.http.StatusLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The head of a request or an answer: fields, end or fault are the same at every cut and wherever the bytes lie; nothing in it could be taken for
 * the end of a line or name two lengths; and written anew from its parts it is read as the same head.
 */
final class HeadInvariant implements Invariant {
    private static final String INCOMPLETE = "incomplete";
    private static final String REFUSED = "refused: ";

    private final Head head = new Head();
    private final Head narrow = new Head(96, 4);

    @Override
    public void check(byte[] input) {
        for (boolean request : new boolean[] {true, false}) {
            for (Head reader : List.of(narrow, head)) {
                String first = "";
                for (int[] cuts : Pieces.ways(input)) {
                    String read = read(reader, request, input, cuts);
                    first = first.isEmpty() ? read : first;
                    Broken.unlessSame(read, first, "head at cuts " + Arrays.toString(cuts));
                }
                if (reader == head && !first.equals(INCOMPLETE) && !first.startsWith(REFUSED)) {
                    sound(request);
                    anew(request);
                }
            }
        }
    }

    /** The whole head in words, its length left out; the reader keeps it. */
    private static String read(Head reader, boolean request, byte[] input, int[] cuts) {
        reader.clear();
        try {
            for (int to : cuts) {
                // All that came so far, moved each time.
                byte[] a = Pieces.copy(input, 0, to);
                int from = Pieces.margin();
                int end = request ? reader.request(a, from, from + to) : reader.response(a, from, from + to, false);
                if (end != Head.INCOMPLETE) {
                    Broken.unless(end > from && end <= from + to, "the head ends outside what was given");
                    Broken.unless(a[end - 2] == '\r' && a[end - 1] == '\n', "the head does not end with a line");
                    return words(reader, request) + "\nbytes: " + (end - from);
                }
            }
        } catch (HttpException e) {
            return REFUSED + e.status() + " " + e.code();
        }
        return INCOMPLETE;
    }

    private static String words(Head head, boolean request) {
        List<String> words = new ArrayList<>();
        words.add(start(head, request));
        for (int i = 0; i < head.count(); i++) {
            words.add(head.name(i) + ": " + head.value(i) + (head.hopByHop(i) ? " (not passed on)" : ""));
        }
        words.add(head.framing() + " " + head.contentLength() + (head.keepAlive() ? " kept" : ""));
        if (request) {
            words.add(head.path() + "?" + head.query() + (head.expectContinue() ? " 100" : ""));
        }
        return String.join("\n", words);
    }

    private static String start(Head head, boolean request) {
        return request
                ? latin(head, head.methodFrom(), head.methodTo()) + " "
                        + latin(head, head.targetFrom(), head.targetTo()) + " HTTP/1." + head.minorVersion()
                : "HTTP/1." + head.minorVersion() + " " + head.status() + " " + StatusLine.reason(head.status());
    }

    private void sound(boolean request) {
        for (int i = 0; i < head.count(); i++) {
            Broken.unless(!head.name(i).isEmpty() && head.name(i).matches("[!-9;-~]+"), "name of field " + i);
            Broken.unless(head.value(i).matches("[\\t\\x20-\\x7e\\x80-\\xff]*"), "value of field " + i);
            Broken.unless(head.value(i).equals(head.value(i).strip()), "space around the value of field " + i);
        }
        Framing framing = head.framing();
        Broken.unless(framing != Framing.CHUNKED || head.contentLength() < 0, "two lengths");
        Broken.unless(framing != Framing.LENGTH || head.contentLength() >= 0, "no length");
        Broken.unless(!request || framing != Framing.UNTIL_CLOSE, "a request without end");
        Broken.unless(framing != Framing.UNTIL_CLOSE || !head.keepAlive(), "no end, and kept alive");
    }

    private void anew(boolean request) {
        String before = words(head, request);
        StringBuilder text = new StringBuilder(start(head, request)).append("\r\n");
        for (int i = 0; i < head.count(); i++) {
            text.append(head.name(i)).append(':').append(head.value(i)).append("\r\n");
        }
        byte[] a = text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        Broken.unlessSame(
                read(head, request, a, new int[] {a.length}), before + "\nbytes: " + a.length, "the head written anew");
    }

    private static String latin(Head head, int from, int to) {
        return new String(head.bytes(), from, to - from, StandardCharsets.ISO_8859_1);
    }
}
