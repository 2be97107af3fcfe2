package dev.tidemill.store.blob;

import dev.tidemill.batch.StorageFullException;
import java.io.IOException;
import java.util.Locale;

/** Java gives no error numbers; ENOSPC and EDQUOT are known by the system's words for them. */
final class DiskFaults {
    private DiskFaults() {}

    static IOException of(String what, IOException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space left") || message.contains("quota exceeded")
                ? new StorageFullException(what, e)
                : e;
    }
}
