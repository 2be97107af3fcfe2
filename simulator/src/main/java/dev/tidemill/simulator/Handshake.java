package dev.tidemill.simulator;

import java.io.IOException;
import java.net.Socket;

/** What happens on a new connection before its first request. */
interface Handshake {
    /** No encryption. */
    Handshake NONE = socket -> socket;

    /**
     * The socket to speak through.
     *
     * @throws IOException when the connection was ended instead
     */
    Socket secure(Socket bottom) throws IOException;
}
