package dev.tidemill.wire;

/** Where bytes are written to: an array, a buffer of the network, a file. */
@FunctionalInterface
public interface ByteSink {
    /** Takes {@code a[from, to)}; the array may be reused as soon as the call returns. */
    void write(byte[] a, int from, int to);
}
