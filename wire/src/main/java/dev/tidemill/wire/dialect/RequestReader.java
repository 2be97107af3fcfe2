package dev.tidemill.wire.dialect;

/** Reads what a relay has to know of a request, in one validating scan. Used by one thread. */
public interface RequestReader {
    /**
     * Reads the body {@code a[from, to)}. A field that is null counts as absent; one that is read may stand there only
     * once, since two readers could take different ones.
     *
     * @throws RequestException the client has to change it
     */
    Asked read(byte[] a, int from, int to) throws RequestException;
}
