package dev.tidemill.simulator;

/** One way of asking: reads a request of its protocol and writes the answers. Has no state. */
interface Endpoint {
    /**
     * Reads a request.
     *
     * @throws BadRequest when it asks for nothing that can be answered
     */
    Ask read(RequestHead head, byte[] body) throws BadRequest;

    /** The body of an answer that is not streamed. */
    byte[] whole(Ask ask, Said said, Faults faults);

    /** The events of a streamed answer. */
    StreamScript stream(Ask ask, Said said, Faults faults);

    /** Whether it answers with tokens, perhaps streamed; embeddings do not. */
    default boolean generates() {
        return true;
    }

    /** The protocol, for errors. */
    Protocol protocol();
}
