package dev.tidemill.simulator.protocol;

/** One way of asking: reads a request of its protocol and writes the answers. */
public interface Endpoint {
    /** The name under which its requests are counted: {@code chat}, {@code messages}. */
    String name();

    /**
     * Reads a request.
     *
     * @throws BadRequest when it asks for nothing that can be answered
     */
    Ask read(RequestHead head, byte[] body) throws BadRequest;

    /** The body of an answer that is not streamed. */
    byte[] whole(Ask ask, Said said);

    /** The events of a streamed answer. */
    StreamScript stream(Ask ask, Said said);

    /** Whether it answers with tokens, perhaps streamed; embeddings and counts do not. */
    default boolean generates() {
        return true;
    }

    /** The protocol, for errors. */
    Protocol protocol();
}
