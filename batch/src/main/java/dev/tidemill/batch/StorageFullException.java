package dev.tidemill.batch;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Nothing can be written until space is freed. What the failed call was to write was not acknowledged and is not there. */
public final class StorageFullException extends IOException {
    private static final long serialVersionUID = 1;

    public StorageFullException(String what, @Nullable Throwable cause) {
        super("no space left to write " + what + "; free some on the disk that holds the data directory", cause);
    }
}
