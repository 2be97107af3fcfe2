package dev.tidemill.wire.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads all messages of a connection with {@link Head} and {@link BodyWalker}, from pieces, moving its buffer about as a relay would. */
final class OurReader {
    private final boolean requests;
    private final Head head = new Head();
    private final BodyWalker walker = new BodyWalker();
    private final List<Message> messages = new ArrayList<>();
    private final StringBuilder body = new StringBuilder();
    private byte[] buffer = {};
    private int from;
    private boolean inBody;
    private @Nullable String fault;

    private OurReader(boolean requests) {
        this.requests = requests;
    }

    /** Reads the input cut at these offsets. */
    static Reading read(boolean requests, byte[] input, int... cuts) {
        OurReader reader = new OurReader(requests);
        int at = 0;
        for (int cut : cuts) {
            reader.take(Arrays.copyOfRange(input, at, cut));
            at = cut;
        }
        reader.take(Arrays.copyOfRange(input, at, input.length));
        return reader.finish();
    }

    static Reading readByteByByte(boolean requests, byte[] input) {
        int[] cuts = new int[input.length];
        Arrays.setAll(cuts, i -> i);
        return read(requests, input, cuts);
    }

    private void take(byte[] piece) {
        if (fault != null) {
            return;
        }
        // A new array with some dirt in front: offsets must not be taken for absolute, nor bytes outside be looked at.
        int dirt = piece.length % 3;
        byte[] moved = new byte[dirt + buffer.length - from + piece.length];
        Arrays.fill(moved, (byte) '\n');
        System.arraycopy(buffer, from, moved, dirt, buffer.length - from);
        System.arraycopy(piece, 0, moved, moved.length - piece.length, piece.length);
        buffer = moved;
        from = dirt;
        try {
            while (step()) {}
        } catch (HttpException e) {
            fault = e.code();
        }
    }

    private boolean step() throws HttpException {
        if (inBody) {
            while (walker.next(buffer, from, buffer.length)) {
                body.append(Texts.text(buffer, walker.payloadFrom(), walker.payloadTo()));
                from = walker.position();
            }
            from = walker.position();
            if (!walker.ended()) {
                return false;
            }
            close(true);
            return from < buffer.length;
        }
        int end = requests
                ? head.request(buffer, from, buffer.length)
                : head.response(buffer, from, buffer.length, false);
        if (end == Head.INCOMPLETE) {
            return false;
        }
        String start = requests
                ? Texts.text(buffer, head.methodFrom(), head.methodTo()) + " "
                        + Texts.text(buffer, head.targetFrom(), head.targetTo())
                : Integer.toString(head.status());
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < head.count(); i++) {
            fields.add(head.name(i) + ": " + head.value(i));
        }
        messages.add(new Message(start, head.minorVersion(), fields, "", false));
        walker.begin(head.framing(), head.contentLength());
        head.clear();
        inBody = true;
        from = end;
        return true;
    }

    private void close(boolean complete) {
        Message message = messages.removeLast();
        messages.add(new Message(message.start(), message.minorVersion(), message.fields(), body.toString(), complete));
        body.setLength(0);
        inBody = false;
    }

    private Reading finish() {
        if (inBody) {
            boolean complete = false;
            try {
                walker.eof();
                complete = true;
            } catch (HttpException e) {
                // Cut, or at fault already: stays incomplete.
            }
            close(complete);
        }
        return new Reading(messages, fault);
    }
}
