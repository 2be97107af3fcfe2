package dev.tidemill.wire.splice;

import dev.tidemill.wire.dialect.EventReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client has of an answer: its words by block, decoded. Fed with every event that leaves. As soon as something
 * left that cannot be told twice, or the words are more than {@link #MAX_BYTES}, it forgets all and is of no more use.
 * Used by one thread.
 */
public final class Transcript {
    /** 8 MiB, at two bytes a character. */
    public static final int MAX_BYTES = 8 << 20;
    /** Blocks of one answer; more are of no use. */
    static final int MAX_BLOCKS = 64;

    /** A run of words that a client shows as one. */
    static final class Block {
        final int id;
        final Voice voice;
        final StringBuilder words = new StringBuilder();
        /** Whether the client was told that nothing more comes; only where blocks are framed. */
        boolean closed;

        Block(int id, Voice voice) {
            this.id = id;
            this.voice = voice;
        }
    }

    private final Speech speech;
    private final List<Block> blocks = new ArrayList<>();
    private int characters;
    private boolean spoiled;

    public Transcript(Speech speech) {
        this.speech = speech;
    }

    /** Notes the event at which the reader stands; it leaves as it is. */
    public void take(EventReader event) {
        if (!spoiled && event.hasData()) {
            note(event.data(), speech.read(event.data(), event.dataFrom(), event.dataTo()), 0);
        }
    }

    /** Whether another answer can take this one's place. */
    public boolean resumable() {
        return !spoiled;
    }

    /** Bytes of memory in use, about. */
    public int size() {
        return 2 * characters;
    }

    /**
     * The words from which a model could go on: of the block that is open, the only one of its kind.
     *
     * @return null: there are none, or words of another kind follow them
     */
    public @Nullable String openWords() {
        Block open = openBlock();
        return open == null ? null : open.words.toString();
    }

    public Speech speech() {
        return speech;
    }

    List<Block> blocks() {
        return blocks;
    }

    @Nullable
    Block find(int id) {
        for (Block block : blocks) {
            if (block.id == id) {
                return block;
            }
        }
        return null;
    }

    /** The block that {@link #openWords} tells of. */
    @Nullable
    Block openBlock() {
        Block open = null;
        for (Block block : blocks) {
            boolean speaks = block.voice == Voice.TEXT;
            if (block.voice == Voice.REFUSAL || (speaks && open != null) || (speaks && block.closed)) {
                return null;
            }
            open = speaks ? block : open;
            if (speech.framed() && !speaks && (open != null || !block.closed)) {
                return null;
            }
        }
        return spoiled || open == null || open.words.isEmpty() ? null : open;
    }

    /** Notes what was said, with {@code shift} added to the numbers of its blocks. */
    void note(byte[] data, Said said, int shift) {
        if (spoiled) {
            return;
        }
        if (said.firm()) {
            spoil();
            return;
        }
        switch (said.frame()) {
            case START -> open(said.block() + shift, said.voice());
            case STOP -> close(said.block() + shift);
            case NONE -> {
                for (Said.Text text : said.texts()) {
                    add(text.block() + shift, text.voice(), text.words(data));
                }
            }
        }
    }

    private void open(int id, Voice voice) {
        if (find(id) != null || blocks.size() == MAX_BLOCKS) {
            spoil();
        } else {
            blocks.add(new Block(id, voice));
        }
    }

    void close(int id) {
        Block block = find(id);
        if (block == null || block.closed) {
            spoil();
        } else {
            block.closed = true;
        }
    }

    /** @param words null: what cannot be read */
    void add(int id, Voice voice, @Nullable String words) {
        Block block = find(id);
        if (block == null && words != null) {
            open(id, voice);
            block = find(id);
        }
        if (block == null || block.closed || words == null || words.length() > MAX_BYTES / 2 - characters) {
            spoil();
            return;
        }
        block.words.append(words);
        characters += words.length();
    }

    /** Gives its memory back, and with it the chance of a second answer. */
    public void forget() {
        spoil();
    }

    void spoil() {
        spoiled = true;
        blocks.clear();
        characters = 0;
    }
}
