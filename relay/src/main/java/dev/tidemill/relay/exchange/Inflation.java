package dev.tidemill.relay.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.compression.JdkZlibDecoder;
import io.netty.handler.codec.compression.ZlibDecoder;
import io.netty.handler.codec.compression.ZlibWrapper;
import java.util.Locale;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Inflates a body that came compressed though {@code identity} was asked for. Capped in bytes and in ratio, so that a small
 * answer cannot become a large one.
 */
final class Inflation implements AutoCloseable {
    static final long MAX_BYTES = 256L << 20;
    static final int MAX_RATIO = 200;
    /** Up to here any ratio is fine. */
    private static final int FREE_BYTES = 1 << 20;
    /** What one read may become. */
    private static final int MAX_STEP = 16 << 20;

    /** Content codings that are understood. */
    enum Coding {
        NONE,
        GZIP,
        DEFLATE;

        /** Null: not understood. */
        static @Nullable Coding of(String header) {
            return switch (header.strip().toLowerCase(Locale.ROOT)) {
                case "", "identity" -> NONE;
                case "gzip", "x-gzip" -> GZIP;
                case "deflate" -> DEFLATE;
                default -> null;
            };
        }
    }

    /** Takes inflated bytes, in {@code a[from, to)} during the call. */
    interface Taker {
        void take(byte[] a, int from, int to);
    }

    private final ZlibDecoder decoder;
    private final EmbeddedChannel channel;
    private byte[] piece = {};
    private long in;
    private long inflated;

    Inflation(Coding coding) {
        decoder = new JdkZlibDecoder(coding == Coding.GZIP ? ZlibWrapper.GZIP : ZlibWrapper.ZLIB_OR_NONE, MAX_STEP);
        channel = new EmbeddedChannel(decoder);
    }

    /**
     * Inflates {@code a[from, to)}.
     *
     * @throws DataFormatException what comes is no such format, or grows past the cap
     */
    void inflate(byte[] a, int from, int to, Taker taker) throws DataFormatException {
        in += to - from;
        try {
            channel.writeInbound(Unpooled.copiedBuffer(a, from, to - from));
        } catch (RuntimeException e) {
            throw new DataFormatException(String.valueOf(e.getMessage()));
        }
        for (ByteBuf out; (out = channel.readInbound()) != null; out.release()) {
            int length = out.readableBytes();
            inflated += length;
            if (inflated > MAX_BYTES || (inflated > FREE_BYTES && inflated / MAX_RATIO > in)) {
                out.release();
                throw new DataFormatException(inflated + " bytes out of " + in + " (expected: at most " + MAX_BYTES
                        + ", and " + MAX_RATIO + " to one)");
            }
            if (piece.length < length) {
                piece = new byte[length];
            }
            out.readBytes(piece, 0, length);
            taker.take(piece, 0, length);
        }
    }

    /** Whether the compressed stream has come to its own end. */
    boolean whole() {
        return decoder.isClosed();
    }

    @Override
    public void close() {
        try {
            channel.finishAndReleaseAll();
        } catch (DecoderException told) {
            // What could not be read is given up; inflate() has said so.
        }
    }
}
