package dev.tidemill.relay.service;

import java.io.IOException;

/**
 * Answers one kind of request that is not relayed. Runs on a virtual thread of its own, so it may block.
 *
 * <p>A {@link ServiceException} becomes its failure's status and error body; any other exception a 500 whose cause is
 * logged, not shown.
 */
@FunctionalInterface
public interface Service {
    void handle(Call call) throws IOException, ServiceException;
}
