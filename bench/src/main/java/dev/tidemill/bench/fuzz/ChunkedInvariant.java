package dev.tidemill.bench.fuzz;

import dev.tidemill.wire.http.BodyWalker;
import dev.tidemill.wire.http.Digits;
import dev.tidemill.wire.http.Framing;
import dev.tidemill.wire.http.HttpException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A chunked body: payload, end and fault are the same at every cut, and payload framed anew by our own writer is read as the same payload. */
final class ChunkedInvariant implements Invariant {
    private static final byte[] END = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LINE_END = {'\r', '\n'};

    private final BodyWalker walker = new BodyWalker();
    private final byte[] head = new byte[32];

    /**
     * @param payload one character for each byte
     * @param used bytes of the input, up to the body's end
     */
    private record Read(
            String payload,
            int used,
            boolean ended,
            boolean verbatim,
            @Nullable String fault) {}

    @Override
    public void check(byte[] input) {
        Read first = null;
        for (int[] cuts : Pieces.ways(input)) {
            Read read = read(input, cuts);
            first = first == null ? read : first;
            Broken.unlessSame(read, first, "body at cuts " + Arrays.toString(cuts));
        }
        if (first == null || !first.ended()) {
            return;
        }
        byte[] alone = Arrays.copyOf(input, first.used());
        Broken.unlessSame(read(alone, new int[] {alone.length}), first, "the body without what follows it");
        byte[] anew = frame(first.payload().getBytes(StandardCharsets.ISO_8859_1));
        Broken.unlessSame(
                read(anew, new int[] {anew.length}),
                new Read(first.payload(), anew.length, true, true, null),
                "the payload framed anew");
    }

    private Read read(byte[] input, int[] cuts) {
        walker.begin(Framing.CHUNKED, 0);
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        int from = 0;
        try {
            for (int to : cuts) {
                int end = take(input, from, to, payload);
                Broken.unless(walker.ended() || end == to, "bytes left although the body goes on");
                from = end;
                if (walker.ended()) {
                    break;
                }
            }
            walker.eof();
            return new Read(text(payload), from, true, walker.verbatim(), null);
        } catch (HttpException e) {
            return new Read(text(payload), 0, false, walker.verbatim(), e.code());
        }
    }

    /** Walks over input[from, to), and answers where it stopped. */
    private int take(byte[] input, int from, int to, ByteArrayOutputStream payload) throws HttpException {
        byte[] a = Pieces.copy(input, from, to);
        int end = Pieces.margin() + to - from;
        for (int at = Pieces.margin(); walker.next(a, at, end); at = walker.position()) {
            Broken.unless(
                    walker.payloadFrom() >= at
                            && walker.payloadTo() > walker.payloadFrom()
                            && walker.payloadTo() <= end
                            && walker.position() == walker.payloadTo(),
                    "a run of payload outside what was given");
            payload.write(a, walker.payloadFrom(), walker.payloadTo() - walker.payloadFrom());
        }
        return from + walker.position() - Pieces.margin();
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private byte[] frame(byte[] payload) {
        ByteArrayOutputStream framed = new ByteArrayOutputStream();
        for (int from = 0; from < payload.length; ) {
            int to = Math.min(payload.length, from + 1 + from % 7);
            framed.write(head, 0, Digits.chunk(to - from, head, 0));
            framed.write(payload, from, to - from);
            framed.writeBytes(LINE_END);
            from = to;
        }
        framed.writeBytes(END);
        return framed.toByteArray();
    }
}
