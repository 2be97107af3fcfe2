package dev.tidemill.wire.splice;

import dev.tidemill.wire.GrowingBytes;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.json.Edits;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.splice.Transcript.Block;
import dev.tidemill.wire.sse.SseReader;
import dev.tidemill.wire.sse.SseWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts a second answer in the place of one that broke, so that the client sees one answer.
 *
 * <p><b>A restart.</b> The second answer begins anew. Its words are compared with the client's, block by block and
 * decoded, since another answer cuts and escapes the same words otherwise. As long as they are the same they are
 * swallowed, with everything around them that a client needs only once. At the end of an event in which the client's
 * words are passed there are three cases. Every block is where the client is: the event leaves, rewritten to what the
 * client lacks, and from then on all events leave as they come. Or another block is not yet there, or is closed: the
 * answers differ. Or the words differ before that. A difference is found before anything of it has left.
 *
 * <p><b>Going on.</b> The second answer begins where the client's words end, so nothing is compared. Only its head is
 * swallowed, and where blocks are framed its first is the client's open one, whose number it takes over. One that thinks first differs.
 *
 * <p>What can neither be compared nor be told twice, such as a tool call or the end, must not come before the client's
 * words are reached. Whatever leaves is added to the transcript, so that a third answer can take the second one's place.
 * Used by one thread.
 */
public final class Splice {
    /** What becomes of an event. */
    public enum Fate {
        /** The client has it, or needs it only once. */
        SWALLOW,
        /** It leaves: {@link #out} is a part of its raw bytes, without what a stream has only at its start. */
        PASS,
        /** Others leave in its place. */
        REPLACE,
        /** The answers differ; nothing more of this one may leave. */
        DIVERGED
    }

    /** The most an event may have once it is rewritten: of its at most 16 MiB some characters get longer. */
    private static final int MAX_EVENT = 128 << 20;

    /** How far the second answer has come in a block of the client's. */
    private static final class Place {
        final Block block;
        int reached;
        boolean started;
        boolean stopped;

        Place(Block block, boolean framed) {
            this.block = block;
            this.started = !framed;
        }

        /** Goes on through these words; answers how many characters of them the client has, -1: it has others. */
        int compare(String words) {
            int known = Math.min(words.length(), block.words.length() - reached);
            for (int i = 0; i < known; i++) {
                if (words.charAt(i) != block.words.charAt(reached + i)) {
                    return -1;
                }
            }
            reached += known;
            return block.closed && known < words.length() ? -1 : known;
        }

        boolean here() {
            return started && reached == block.words.length() && stopped == block.closed;
        }
    }

    private final Transcript transcript;
    private final Speech speech;
    private final List<Place> places = new ArrayList<>();
    /** The client's block that the first one of an answer that goes on belongs to, until it came. */
    private @Nullable Place awaited;
    /** Added to the second answer's block numbers. */
    private int shift;
    /** The client's words are passed. */
    private boolean through;
    /** The answer begins behind the client's words, so that only more of them may come first. */
    private boolean goesOn;

    private boolean diverged;
    /** Whether the event before this one left; the line end that may lead this one belongs to it. */
    private boolean leaving;

    private byte[] out = {};
    private int from;
    private int to;

    private Splice(Transcript transcript) {
        if (!transcript.resumable()) {
            throw new IllegalArgumentException("transcript: not resumable (expected: words alone)");
        }
        this.transcript = transcript;
        this.speech = transcript.speech();
        for (Block block : transcript.blocks()) {
            places.add(new Place(block, speech.framed()));
        }
    }

    /** With an answer that begins anew. */
    public static Splice restart(Transcript transcript) {
        return new Splice(transcript);
    }

    /** With an answer that begins behind the {@linkplain Transcript#openWords client's words}. */
    public static Splice goOn(Transcript transcript) {
        Splice splice = new Splice(transcript);
        splice.goesOn = true;
        Block open = transcript.openBlock();
        for (Place place : splice.places) {
            place.reached = place.block.words.length();
            place.stopped = place.block.closed;
            if (place.block == open && !place.started) {
                splice.awaited = place;
            }
            place.started |= place.block != open;
        }
        return splice;
    }

    /** Decides about the event or other block at which the reader stands. */
    public Fate take(EventReader event) {
        Fate fate = diverged ? Fate.DIVERGED : decide(event);
        diverged = fate == Fate.DIVERGED;
        if (fate == Fate.PASS) {
            out = event.raw();
            from = leaving ? event.rawFrom() : start(event);
            to = event.rawTo();
        }
        leaving = fate == Fate.PASS || fate == Fate.REPLACE;
        return fate;
    }

    /** The array with what leaves, after {@link Fate#PASS} and {@link Fate#REPLACE}, until the next call. */
    public byte[] out() {
        return out;
    }

    public int from() {
        return from;
    }

    public int to() {
        return to;
    }

    /** Whether the second answer has come past what the client had. */
    public boolean through() {
        return through;
    }

    private Fate decide(EventReader event) {
        if (!event.hasData()) {
            return through ? Fate.PASS : Fate.SWALLOW;
        }
        if (through && shift == 0 && !transcript.resumable()) {
            return Fate.PASS;
        }
        byte[] data = event.data();
        Said said = speech.read(data, event.dataFrom(), event.dataTo());
        if (through) {
            transcript.note(data, said, shift);
            return leaves(event, said, new Edits());
        }
        return switch (said.frame()) {
            case START -> started(event, said);
            case STOP -> stopped(event, said);
            case NONE -> spoken(event, said);
        };
    }

    private Fate started(EventReader event, Said said) {
        Place first = awaited;
        if (first != null) {
            awaited = null;
            shift = first.block.id - said.block();
            first.started = true;
            return said.voice() == Voice.TEXT ? Fate.SWALLOW : Fate.DIVERGED;
        }
        Place place = place(said.block());
        if (place != null) {
            boolean same = !place.started && place.block.voice == said.voice();
            place.started = true;
            return same ? Fate.SWALLOW : Fate.DIVERGED;
        }
        for (Place other : places) {
            if (!other.block.closed) {
                return Fate.DIVERGED;
            }
        }
        return passes(event, said, new Edits());
    }

    private Fate stopped(EventReader event, Said said) {
        Place place = place(said.block());
        if (place == null || !place.started || place.reached < place.block.words.length()) {
            return Fate.DIVERGED;
        }
        if (place.block.closed) {
            place.stopped = true;
            return Fate.SWALLOW;
        }
        return passes(event, said, new Edits());
    }

    private Fate spoken(EventReader event, Said said) {
        byte[] data = event.data();
        Edits edits = new Edits();
        List<String> rests = new ArrayList<>(said.texts().size());
        boolean beyond = false;
        for (Said.Text text : said.texts()) {
            String words = text.words(data);
            Place place = place(text.block());
            int known = words == null ? -1 : place == null ? 0 : place.compare(words);
            if (words == null || known < 0 || (goesOn && text.voice() != Voice.TEXT)) {
                return Fate.DIVERGED;
            }
            String rest = words.substring(known);
            rests.add(rest);
            beyond |= !rest.isEmpty();
            if (known > 0) {
                edits.replace(text.from() - event.dataFrom(), text.to() - text.from(), JsonText.quote(rest));
            }
        }
        if (!beyond && !said.firm()) {
            return Fate.SWALLOW;
        }
        return passes(event, said, edits, rests);
    }

    private Fate passes(EventReader event, Said said, Edits edits) {
        if (!allHere()) {
            return Fate.DIVERGED;
        }
        through = true;
        transcript.note(event.data(), said, shift);
        return leaves(event, said, edits);
    }

    private Fate passes(EventReader event, Said said, Edits edits, List<String> rests) {
        if (!allHere()) {
            return Fate.DIVERGED;
        }
        through = true;
        for (int i = 0; i < rests.size(); i++) {
            if (!rests.get(i).isEmpty()) {
                Said.Text text = said.texts().get(i);
                transcript.add(text.block() + shift, text.voice(), rests.get(i));
            }
        }
        if (said.firm()) {
            transcript.spoil();
        }
        return leaves(event, said, edits);
    }

    /** Whether the second answer is exactly where the client is. */
    private boolean allHere() {
        for (Place place : places) {
            if (!place.here()) {
                return false;
            }
        }
        return true;
    }

    private @Nullable Place place(int block) {
        for (Place place : places) {
            if (place.block.id == block + shift) {
                return place;
            }
        }
        return null;
    }

    private Fate leaves(EventReader event, Said said, Edits edits) {
        if (shift != 0 && said.indexFrom() >= 0) {
            byte[] index = Integer.toString(said.block() + shift).getBytes(StandardCharsets.US_ASCII);
            edits.replace(said.indexFrom() - event.dataFrom(), said.indexTo() - said.indexFrom(), index);
        }
        if (edits.count() == 0) {
            return Fate.PASS;
        }
        rewrite(event, edits);
        return Fate.REPLACE;
    }

    /** The event as it came, but for the edits of its data. */
    private void rewrite(EventReader event, Edits edits) {
        GrowingBytes bytes = new GrowingBytes(MAX_EVENT);
        byte[] raw = event.raw();
        byte[] data = event.data();
        boolean inPlace = data == raw && event.dataFrom() >= event.rawFrom() && event.dataTo() <= event.rawTo();
        if (inPlace) {
            bytes.write(raw, leaving ? event.rawFrom() : start(event), event.dataFrom());
            edits.writeTo(data, event.dataFrom(), event.dataTo(), bytes);
            bytes.write(raw, event.dataTo(), event.rawTo());
        } else {
            byte[] json = new byte[edits.size(event.dataTo() - event.dataFrom())];
            edits.writeTo(data, event.dataFrom(), event.dataTo(), json, 0);
            SseWriter.event(bytes, name(event), json, 0, json.length);
        }
        out = bytes.array();
        from = 0;
        to = bytes.size();
    }

    private static @Nullable String name(EventReader event) {
        if (event instanceof SseReader sse && sse.hasEvent() && sse.eventTo() > sse.eventFrom()) {
            return new String(event.raw(), sse.eventFrom(), sse.eventTo() - sse.eventFrom(), StandardCharsets.UTF_8);
        }
        return null;
    }

    /** Behind a byte order mark, and behind a line end that belongs to an event that was swallowed. */
    private static int start(EventReader event) {
        byte[] a = event.raw();
        int i = event.rawFrom();
        if (event.rawTo() - i > 3 && a[i] == (byte) 0xEF && a[i + 1] == (byte) 0xBB && a[i + 2] == (byte) 0xBF) {
            return i + 3;
        }
        return i + 1 < event.rawTo() && a[i] == '\n' ? i + 1 : i;
    }
}
