package dev.tidemill.relay.loop;

import dev.tidemill.core.key.KeySecret;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * One event loop and what it alone touches. Whoever runs on the loop may use all of it without a lock; the scratch
 * arrays hold nothing from one event to the next.
 */
public final class Loop {
    /** Reads are at most this long. */
    public static final int READ = 64 << 10;

    private static final int WRITE = 64 << 10;

    private final EventLoop eventLoop;
    private final Deadlines deadlines = new Deadlines();
    private final Memory memory;
    private final Blocks blocks;
    private final byte[] scratch = new byte[READ];
    private final MessageDigest sha256 = KeySecret.sha256();
    private final byte[] digest = new byte[32];
    private final SplittableRandom random;
    private final Turns turns;
    private final WarmBuffer read = new WarmBuffer(READ);
    private final Reads reads = new Reads(read);
    private final WarmBuffer written = new WarmBuffer(WRITE);

    /** @param turns that the event loop was made with */
    public Loop(EventLoop eventLoop, Turns.Factory turns, Memory memory, long seed) {
        this.eventLoop = eventLoop;
        this.turns = turns.of(eventLoop);
        this.memory = memory;
        this.blocks = new Blocks(memory);
        this.random = new SplittableRandom(seed);
        eventLoop.terminationFuture().addListener(ended -> {
            read.end();
            written.end();
        });
    }

    /** Starts the tick, each of which reports the turns since the last. */
    public void start(Turns.Report report) {
        eventLoop.scheduleWithFixedDelay(
                () -> tick(report), Deadlines.TICK_MILLIS, Deadlines.TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick(Turns.Report report) {
        long now = System.nanoTime();
        deadlines.tick(now);
        turns.report(now, report);
    }

    public EventLoop eventLoop() {
        return eventLoop;
    }

    public boolean inLoop() {
        return eventLoop.inEventLoop();
    }

    public void execute(Runnable task) {
        eventLoop.execute(task);
    }

    public Deadlines deadlines() {
        return deadlines;
    }

    public Memory memory() {
        return memory;
    }

    public Reads reads() {
        return reads;
    }

    /** Room for so many bytes, which are put together and go to a {@link Sender} before anything else happens. */
    public ByteBuf writing(int bytes) {
        return bytes <= WRITE ? written.next() : ByteBufAllocator.DEFAULT.directBuffer(bytes);
    }

    public Blocks blocks() {
        return blocks;
    }

    public SplittableRandom random() {
        return random;
    }

    /** Copies up to {@link #READ} readable bytes to the scratch array, from its start, and returns how many. */
    public int copy(ByteBuf read, int offset) {
        int length = Math.min(READ, read.readableBytes() - offset);
        read.getBytes(read.readerIndex() + offset, scratch, 0, length);
        return length;
    }

    public byte[] scratch() {
        return scratch;
    }

    /** SHA-256 into an array that the next call overwrites. */
    public byte[] sha256(byte[] a, int from, int to) {
        try {
            sha256.update(a, from, to - from);
            sha256.digest(digest, 0, digest.length);
            return digest;
        } catch (DigestException e) {
            throw new IllegalStateException("32 bytes hold a SHA-256", e);
        }
    }
}
