package dev.tidemill.cli.keys;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.api.Unreachable;
import dev.tidemill.server.admin.KeyDesk;
import dev.tidemill.server.admin.StoredKeys;
import dev.tidemill.store.AdminAccess;
import dev.tidemill.store.DataDirectory;
import dev.tidemill.store.DirectoryInUseException;
import dev.tidemill.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * Finds the desk that serves keys of a data directory: the store itself when nobody has the directory's lock, else the
 * server that has it. A server that is just starting or stopping has the lock and no port, so both are tried in turn for a
 * while.
 */
final class Desk {
    private static final int TRIES = 100;
    private static final long BETWEEN_MILLIS = 100;

    private Desk() {}

    interface Work<T> {
        T at(KeyDesk desk) throws IOException;
    }

    static <T> T at(Path data, Work<T> work) throws CommandFailed, InterruptedException {
        for (int tries = 0; ; tries++) {
            try (DataDirectory directory = DataDirectory.open(data);
                    Store store = Store.open(directory)) {
                return work.at(new StoredKeys(store.keys(), InstantSource.system(), new SecureRandom()));
            } catch (DirectoryInUseException inUse) {
                try {
                    AdminAccess access = DataDirectory.published(data);
                    if (access != null) {
                        try (ServedKeys keys = new ServedKeys(access)) {
                            return work.at(keys);
                        }
                    }
                } catch (IOException e) {
                    if (!(e.getCause() instanceof Unreachable) || tries >= TRIES) {
                        throw new CommandFailed(String.valueOf(e.getMessage()));
                    }
                }
                if (tries >= TRIES) {
                    throw new CommandFailed(
                            inUse.getMessage() + " (expected: a server that tells its admin port within 10 s)");
                }
                Thread.sleep(BETWEEN_MILLIS);
            } catch (IOException e) {
                throw new CommandFailed(String.valueOf(e.getMessage()));
            }
        }
    }
}
