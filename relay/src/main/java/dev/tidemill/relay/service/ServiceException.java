package dev.tidemill.relay.service;

import dev.tidemill.core.Failure;

/** Ends a service call with an error for the caller. */
public final class ServiceException extends Exception {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // never serialised
    private final Failure failure;

    public ServiceException(Failure failure) {
        super(failure.message(), null, false, false);
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
