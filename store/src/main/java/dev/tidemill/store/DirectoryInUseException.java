package dev.tidemill.store;

import java.io.IOException;
import java.nio.file.Path;

/** Another process, or another part of this one, has the data directory open. */
public final class DirectoryInUseException extends IOException {
    private static final long serialVersionUID = 1;

    public DirectoryInUseException(Path directory) {
        super("data directory " + directory + " is in use by another tidemill; stop it or choose another directory");
    }
}
